//! The installer's result: the .deb, unpacked into a folder of its own, starts and shows the first
//! screen. `cargo xtask test` builds the package and says where it is in `BALANCE_DESK_DEB`.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::support::{App, Keyring, World, id};

#[tokio::test(flavor = "multi_thread")]
async fn the_installed_program_finds_its_first_screen() {
    let Some(package) = std::env::var_os("BALANCE_DESK_DEB") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "BALANCE_DESK_DEB is not set: `cargo xtask test` builds the package first"
        );
        return;
    };
    let root = TempDir::new().expect("a folder");
    let status = Command::new("dpkg-deb")
        .arg("--extract")
        .args([Path::new(&package), root.path()])
        .status()
        .expect("dpkg-deb runs");
    assert!(status.success());

    let program = root.path().join("usr/bin/balance-desk");
    assert!(
        root.path().join("usr/bin/plaid-sandbox").is_file(),
        "the stand-in is inside"
    );
    let desktop_entries = root.path().join("usr/share/applications");
    assert!(
        std::fs::read_dir(desktop_entries)
            .expect("a folder")
            .count()
            == 1
    );
    assert!(
        root.path()
            .join("usr/share/icons/hicolor/128x128/apps/balance-desk.png")
            .is_file(),
        "the icon is inside"
    );

    let mut world = World::new(Keyring::Unlocked);
    let app = App::start_program(&mut world, program.to_str().expect("a plain path")).await;
    app.find(&id("door-demo")).await;
    app.open_demo().await;
    app.quit().await;
}
