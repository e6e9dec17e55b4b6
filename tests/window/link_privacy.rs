//! The Link window keeps nothing from one session to the next. It is private here as it is for a
//! user, so no driver reaches into it: a page of the test's own, in the place of Plaid's script, says
//! from inside what it finds.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{
    App, Keyring, World, id,
    proxy::{self, Handled, Request},
    world::wait_until,
};

/// In the place of Plaid's script: draws a frame, as Link does.
const SCRIPT: &str = "
    const origin = new URL(document.currentScript.src).origin;
    window.Plaid = { create(options) {
      setTimeout(options.onLoad);
      return { exit() {}, destroy() {}, open() {
        const frame = document.createElement('iframe');
        frame.src = origin + '/probe';
        document.body.append(frame);
      } };
    } };";

/// Says what was left here, leaves something, and looks once more: within a session it must be there.
const PROBE: &str = "<!doctype html><title>probe</title><script>
    const found = { script: document.cookie, stored: localStorage.getItem('mark') };
    document.cookie = 'mark=script; Max-Age=86400; Path=/';
    localStorage.setItem('mark', 'stored');
    fetch('/found', { method: 'POST', body: JSON.stringify(found) })
      .then(() => { if (!location.search) location.search = '?again'; });
    </script>";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_remembered_from_one_session_to_the_next() {
    let mut world = World::new(Keyring::Unlocked);
    let stand_in = world.start_stand_in();
    let found: Arc<Mutex<Vec<Value>>> = Arc::default();
    let told = Arc::clone(&found);
    let address = proxy::start(&stand_in, move |request| probe(request, &told));
    world.set_env("BALANCE_DESK_SANDBOX_URL", &address);
    world.set_env("BALANCE_DESK_PRIVATE_LINK", "1");
    let app = App::start(&mut world).await;
    app.open_sandbox().await;

    for session in 0..2 {
        app.fill_link_form("achRisk", "Ada").await;
        app.click(&id("link-start")).await;
        wait_until("the page has looked twice", || {
            found.lock().expect("no panic").len() == 2 * (session + 1)
        });
        world.close_window("Link a bank");
        app.find(&id("link-exited")).await;
        app.put_aside().await;
    }

    let nothing = json!({"header": "", "script": "", "stored": null});
    let marks =
        json!({"header": "mark=script; kept=header", "script": "mark=script", "stored": "stored"});
    let found = found.lock().expect("no panic").clone();
    assert_eq!(
        found,
        [nothing.clone(), marks.clone(), nothing, marks],
        "first session, its second look; second session, its second look"
    );
    app.quit().await;
}

fn probe(request: &Request, found: &Mutex<Vec<Value>>) -> Handled {
    match request.path.as_str() {
        "/link/v2/stable/link-initialize.js" => {
            Handled::Answer("content-type: text/javascript\r\n", SCRIPT.to_owned())
        }
        "/probe" | "/probe?again" => {
            let header = request.header("cookie");
            found
                .lock()
                .expect("no panic")
                .push(json!({ "header": sorted(&header) }));
            Handled::Answer(
                "content-type: text/html\r\nset-cookie: kept=header; Max-Age=86400; Path=/; HttpOnly\r\n",
                PROBE.to_owned(),
            )
        }
        "/found" => {
            let said: Value = serde_json::from_slice(&request.body).expect("JSON");
            let mut found = found.lock().expect("no panic");
            let last = found.last_mut().expect("the page was asked for before");
            last["script"] = said["script"].clone();
            last["stored"] = said["stored"].clone();
            Handled::Answer("", String::new())
        }
        _ => Handled::PassOn,
    }
}

/// Cookies in one order, whichever the browser sends them in.
fn sorted(header: &str) -> String {
    let mut cookies: Vec<&str> = header.split("; ").filter(|one| !one.is_empty()).collect();
    cookies.sort_unstable_by(|a, b| b.cmp(a));
    cookies.join("; ")
}
