//! A bare Tauri window with one word in it and no feature of ours: what the memory of the app stands beside.

fn main() {
    tauri::Builder::default()
        .run(tauri::generate_context!(
            "benches/window/bare/tauri.conf.json"
        ))
        .expect("a window opens");
}
