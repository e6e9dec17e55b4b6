//! The window of Link can call no command, and the main window loads nothing remote.

use std::{collections::BTreeSet, io::ErrorKind, net::TcpListener};

use serde_json::{Value, json};

use crate::support::{App, Keyring, World, id};

#[tokio::test(flavor = "multi_thread")]
async fn the_link_window_can_call_no_command() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    app.click(&id("link-bank")).await;
    app.fill(&id("link-person-name"), "Grace").await;
    let before = app.windows().await;
    app.click(&id("link-start")).await;
    app.enter_new_window(&before).await;
    app.find("iframe").await;

    for command in commands() {
        let answer = app
            .script_async(
                "const [command, done] = arguments;
                 const internals = window.__TAURI_INTERNALS__;
                 if (!internals) { done('no bridge'); return; }
                 internals.invoke(command, {}).then(
                   (value) => done('ANSWERED ' + JSON.stringify(value)),
                   (error) => done('refused: ' + error));",
                vec![json!(command)],
            )
            .await;
        let answer = answer.as_str().expect("a text").to_owned();
        assert!(
            answer == "no bridge" || answer.contains("not allowed"),
            "{command} answered the Link window: {answer}"
        );
    }
    app.enter_main_window().await;
    app.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_window_loads_nothing_remote() {
    let mut world = World::new(Keyring::Unlocked);
    let app = App::start(&mut world).await;
    app.open_demo().await;
    for screen in ["accounts", "evaluate", "activity", "settings"] {
        app.click(&id(&format!("nav-{screen}"))).await;
    }
    let origins = app
        .script(
            "return [...new Set(performance.getEntriesByType('resource')
                .map((entry) => new URL(entry.name).protocol + '//' + new URL(entry.name).host))]",
            vec![],
        )
        .await;
    for origin in origins.as_array().expect("a list") {
        let origin = origin.as_str().expect("a text");
        assert!(
            [
                "tauri://localhost",
                "ipc://localhost",
                "http://ipc.localhost",
                "data://"
            ]
            .contains(&origin),
            "the main window loaded from {origin}"
        );
    }

    // Not by habit but by rule: a script, a picture, a request and a frame from elsewhere are refused.
    let elsewhere = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    elsewhere
        .set_nonblocking(true)
        .expect("asking without waiting");
    let far = format!("http://{}/", elsewhere.local_addr().expect("its address"));
    app.script(
        "const far = arguments[0];
         window.__refused = [];
         document.addEventListener('securitypolicyviolation', (violation) => {
           window.__refused.push(violation.effectiveDirective.replace('-elem', ''));
         });
         for (const tag of ['iframe', 'script', 'img']) {
           const element = document.createElement(tag);
           element.src = far + tag;
           document.body.append(element);
         }
         fetch(far).catch(() => {});",
        vec![json!(far)],
    )
    .await;
    for directive in ["script-src", "img-src", "connect-src"] {
        app.until(&format!("{directive} refuses"), async || {
            let refused = app.script("return window.__refused", vec![]).await;
            refused
                .as_array()
                .is_some_and(|seen| seen.contains(&json!(directive)))
        })
        .await;
    }
    // A frame and a change of address are stopped by the navigation guard, which tells the page nothing.
    app.script("location.href = arguments[0]", vec![json!(far)])
        .await;
    app.click(&id("nav-accounts")).await;
    assert!(
        elsewhere
            .accept()
            .is_err_and(|error| error.kind() == ErrorKind::WouldBlock),
        "something reached a remote address"
    );
    app.quit().await;
}

/// Every command there is, from the list the build grants from, and some of Tauri's own.
fn commands() -> BTreeSet<String> {
    let capability: Value =
        serde_json::from_str(include_str!("../../src-tauri/capabilities/main.json")).expect("JSON");
    let granted = capability["permissions"].as_array().expect("a list");
    let mut commands: BTreeSet<String> = granted
        .iter()
        .filter_map(|permission| permission.as_str()?.strip_prefix("allow-"))
        .map(|command| command.replace('-', "_"))
        .collect();
    assert!(
        commands.len() > 20,
        "the capability grants the app's commands"
    );
    for command in [
        "plugin:shell|execute",
        "plugin:opener|open_url",
        "plugin:event|listen",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
    ] {
        commands.insert(command.to_owned());
    }
    commands
}
