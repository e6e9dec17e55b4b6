//! Recognisable secrets go in; none of them comes out: not to the screen, a log, a file, or a
//! process's arguments.

use std::{fs, path::Path};

use crate::support::{App, FIRST_PLATYPUS, Keyring, SECRET, World, id};

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_leaves_the_backend() {
    let mut world = World::new(Keyring::Unlocked);
    let stand_in = world.start_stand_in();
    world.set_env("BALANCE_DESK_SANDBOX_URL", &stand_in);
    world.set_env("RUST_LOG", "trace");
    let app = App::start(&mut world).await;
    record_answers(&app).await;

    app.open_sandbox().await;
    app.link("achRisk", "Ada", &FIRST_PLATYPUS).await;
    app.leave_link().await;
    let mut seen = String::new();
    app.click(&id("nav-accounts")).await;
    app.click(&id("refresh-all")).await;
    app.says(&id("reading-source"), "ive").await;
    seen += &page(&app).await;
    app.evaluate("Plaid Checking", "10.00").await;
    seen += &page(&app).await;
    app.click(&id("nav-accounts")).await;
    app.click(&id("item-menu")).await;
    app.click(&id("item-menu-rotate")).await;
    app.click(&id("confirm-ok")).await;
    app.gone(&id("confirm-ok")).await;
    app.click(&id("nav-settings")).await;
    app.find(&id("settings-save")).await;
    seen += &page(&app).await;
    let answers = app
        .script("return window.__answers.join('\\n')", vec![])
        .await;
    let answers = answers.as_str().expect("a text").to_owned();
    assert!(
        answers.contains("First Platypus Bank"),
        "the recording works"
    );
    let arguments = all_arguments();

    let secrets = secrets(&world);
    // The API secret, two access tokens (one rotated away), a public and a link token, the database key.
    assert!(secrets.len() >= 6, "{} secrets are known", secrets.len());
    for (name, secret) in &secrets {
        let needle = secret.as_slice();
        assert!(
            !contains(answers.as_bytes(), needle),
            "{name} is in an answer to the screen"
        );
        assert!(
            !contains(seen.as_bytes(), needle),
            "{name} is on the screen"
        );
        assert!(
            !contains(&arguments, needle),
            "{name} is in a process's arguments"
        );
        search_files(world.home(), name, needle);
    }
    app.quit().await;
    // Again after the end: what was in memory may have been written on the way out.
    for (name, secret) in &secrets {
        search_files(world.home(), name, secret);
    }
}

/// Keeps every answer the backend gives to the page from now on.
async fn record_answers(app: &App) {
    app.script(
        "window.__answers = [];
         const fetch = window.fetch;
         window.fetch = async (...call) => {
           const answer = await fetch(...call);
           window.__answers.push(await answer.clone().text());
           return answer;
         };",
        vec![],
    )
    .await;
}

async fn page(app: &App) -> String {
    let html = app
        .script(
            "return document.documentElement.outerHTML + JSON.stringify(localStorage) + document.cookie",
            vec![],
        )
        .await;
    html.as_str().expect("a text").to_owned()
}

/// What must not be found, each with its name: what the stand-in handed out, and the database key.
fn secrets(world: &World) -> Vec<(String, Vec<u8>)> {
    let mut secrets = vec![("API secret".to_owned(), SECRET.as_bytes().to_vec())];
    secrets.extend(tokens_of_the_stand_in(&world.home().join("stand-in")));
    secrets.push((
        "database key".to_owned(),
        keyring_entry(world, "sandbox/database-key"),
    ));
    secrets
}

/// Every text in the stand-in's database that looks like a token, wherever it keeps it.
fn tokens_of_the_stand_in(state: &Path) -> Vec<(String, Vec<u8>)> {
    let mut tokens = Vec::new();
    for entry in fs::read_dir(state)
        .expect("the stand-in's folder")
        .flatten()
    {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let bytes = fs::read(entry.path()).expect("its bytes");
            for kind in ["access-sandbox-", "public-sandbox-", "link-sandbox-"] {
                tokens.extend(find_tokens(&bytes, kind));
            }
        }
    }
    // The files may hold them twice (write-ahead log).
    tokens.sort();
    tokens.dedup();
    tokens
}

fn find_tokens(bytes: &[u8], kind: &str) -> Vec<(String, Vec<u8>)> {
    const UUID_LENGTH: usize = 36;
    bytes
        .windows(kind.len())
        .enumerate()
        .filter(|(_, window)| *window == kind.as_bytes())
        .filter_map(|(at, _)| bytes.get(at..at + kind.len() + UUID_LENGTH))
        .map(|token| (kind.to_owned(), token.to_vec()))
        .collect()
}

/// Asks the keyring as its user may: with the desktop's own tool.
pub fn keyring_entry(world: &World, entry: &str) -> Vec<u8> {
    let output = world
        .command("secret-tool")
        .args([
            "lookup",
            "service",
            "app.balancedesk.desktop",
            "username",
            entry,
        ])
        .output()
        .expect("secret-tool (package libsecret-tools) runs");
    assert!(output.stdout.len() >= 32, "the keyring holds {entry}");
    output.stdout
}

/// Looks through every file below the home folder, but for what a bank and a keyring hold of right.
fn search_files(folder: &Path, name: &str, needle: &[u8]) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let path = entry.path();
        let kind = entry.file_type().expect("its kind");
        if kind.is_dir() {
            if entry.file_name() != "stand-in" {
                search_files(&path, name, needle);
            }
        } else if kind.is_file() {
            // A file may vanish while the app works.
            let bytes = fs::read(&path).unwrap_or_default();
            assert!(!contains(&bytes, needle), "{name} is in {}", path.display());
        }
    }
}

fn all_arguments() -> Vec<u8> {
    let mut arguments = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        if entry
            .file_name()
            .to_string_lossy()
            .bytes()
            .all(|byte| byte.is_ascii_digit())
        {
            arguments.extend(fs::read(entry.path().join("cmdline")).unwrap_or_default());
            arguments.extend(fs::read(entry.path().join("environ")).unwrap_or_default());
        }
    }
    arguments
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
