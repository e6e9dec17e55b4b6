// The frame of the stand-in for Link. It shows one view at a time, asks its own server what
// comes next, and tells the page that drew it what happened, as Plaid's Link does.
(function () {
  "use strict";

  var hostedId = window.location.pathname.indexOf("/hosted/") === 0 ? window.location.pathname.slice(8) : null;
  var parentOrigin = hostedId ? null : decodeURIComponent(window.location.hash.slice(1));

  var pane = document.getElementById("pane");
  var view = document.getElementById("view");
  var back = document.getElementById("back");
  var exitButton = document.getElementById("exit");
  var leaving = document.getElementById("leaving");

  var session = null;
  var institution = null;
  var lastRequestId = "";
  var lastError = null;
  var exitStatus = "requires_credentials";
  var goBack = null;
  var busy = false;
  var over = false;
  var recorded = Promise.resolve();

  // --- Talking to the server and to the page outside -------------------------------------

  var UNREACHABLE = {
    error_type: "API_ERROR",
    error_code: "INTERNAL_SERVER_ERROR",
    error_message: "the stand-in for Plaid cannot be reached",
    display_message: "The demo bank cannot be reached. Please try again.",
  };

  function post(act, body) {
    return fetch("/link/session/" + act, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      keepalive: true,
    })
      .catch(function () {
        throw UNREACHABLE;
      })
      .then(function (response) {
        return response.json().then(
          function (answer) {
            lastRequestId = answer.request_id || lastRequestId;
            if (!response.ok) {
              throw answer;
            }
            return answer;
          },
          function () {
            throw UNREACHABLE;
          },
        );
      });
  }

  function inSession(act, body) {
    return post(act, Object.assign({ link_session_id: session.link_session_id }, body));
  }

  function tell(message) {
    if (parentOrigin) {
      window.parent.postMessage(message, parentOrigin);
    }
  }

  function emit(eventName, details) {
    var metadata = Object.assign(
      {
        account_number_mask: null,
        error_type: null,
        error_code: null,
        error_message: null,
        exit_status: null,
        institution_id: institution ? institution.institution_id : null,
        institution_name: institution ? institution.name : null,
        institution_search_query: null,
        is_update_mode: session && eventName === "OPEN" ? String(session.update_mode) : null,
        match_reason: null,
        mfa_type: null,
        request_id: lastRequestId,
        routing_number: null,
        selection: null,
        view_name: null,
        link_session_id: session ? session.link_session_id : null,
        timestamp: new Date().toISOString(),
      },
      details,
    );
    tell({ action: "event", eventName: eventName, metadata: metadata });
    if (session) {
      recorded = recorded.then(function () {
        // A lost event is a gap in a log, and must not stop the person.
        return inSession("event", { event_name: eventName, metadata: metadata }).catch(function () {});
      });
    }
  }

  // --- Drawing --------------------------------------------------------------------------

  function element(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      var value = attributes[key];
      if (key === "text") {
        made.textContent = value;
      } else if (key === "on") {
        Object.keys(value).forEach(function (event) {
          made.addEventListener(event, value[event]);
        });
      } else if (key === "handle") {
        made.id = value;
        made.setAttribute("data-testid", value);
      } else if (value === true) {
        made.setAttribute(key, "");
      } else if (value !== false && value !== null) {
        made.setAttribute(key, value);
      }
    });
    (children || []).forEach(function (child) {
      if (child) {
        made.appendChild(child);
      }
    });
    return made;
  }

  function drawing(paths) {
    var space = "http://www.w3.org/2000/svg";
    var svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    var path = document.createElementNS(space, "path");
    path.setAttribute("d", paths);
    svg.appendChild(path);
    return svg;
  }

  var LOCK = "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3";
  var EYE = "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2z";
  var TICK = "M5 12.5l4.5 4.5L19 7.5";
  var CROSS = "M12 6v7.5M12 17.2v.3";

  function title(text, centred) {
    return element("h1", { text: text, tabindex: "-1", class: centred ? "centre" : null });
  }

  function show(name, children, focus, details) {
    view.replaceChildren.apply(view, children);
    view.setAttribute("data-view", name);
    view.scrollTop = 0;
    emit("TRANSITION_VIEW", Object.assign({ view_name: name }, details));
    (focus || view.querySelector("h1")).focus();
  }

  function allowBack(act) {
    goBack = act;
    back.hidden = !act;
  }

  function logo(of) {
    return element("img", { class: "logo", src: "/link/logo/" + of.institution_id + ".png", alt: "", width: "40", height: "40" });
  }

  function head(of) {
    return element("div", { class: "head" }, [logo(of), element("p", { text: of.name, class: "soft" })]);
  }

  function setBusy(now) {
    busy = now;
    pane.setAttribute("aria-busy", String(now));
  }

  function describe(error) {
    return error.display_message || error.error_message || "Something went wrong.";
  }

  // --- The views --------------------------------------------------------------------------

  // Before there is a session, so nothing is told of it.
  function showLoading() {
    view.replaceChildren(
      element("div", { class: "spinner", role: "img", "aria-label": "Working" }),
      title("One moment…", true),
    );
  }

  function showConsent() {
    exitStatus = "requires_credentials";
    allowBack(null);
    var go = element("button", {
      type: "button",
      class: "primary",
      handle: "consent-continue",
      text: "Continue",
      on: { click: showInstitutions },
    });
    show("CONSENT", [
      title(session.client_name + " wants to link your bank"),
      element("p", { class: "soft", text: "This window plays the part of Plaid Link. The banks in it are made up, and nothing leaves this computer." }),
      element("ul", { class: "points" }, [
        element("li", {}, [
          drawing(EYE),
          element("div", {}, [
            element("strong", { text: "You choose what is shared" }),
            element("span", { class: "soft", text: "Only the accounts you pick, with their balances." }),
          ]),
        ]),
        element("li", {}, [
          drawing(LOCK),
          element("div", {}, [
            element("strong", { text: "Use demo sign-ins only" }),
            element("span", { class: "soft", text: "Never enter the password of a real bank here." }),
          ]),
        ]),
      ]),
      element("div", { class: "push" }, [go]),
    ]);
  }

  var HEALTH = { degraded: "slow today", down: "not responding", unsupported: "", healthy: "" };

  function showInstitutions() {
    institution = null;
    lastError = null;
    exitStatus = "requires_credentials";
    allowBack(null);
    var list = element("ul", { class: "banks" });
    var status = element("p", { class: "soft", role: "status", "data-testid": "no-results" });
    var timer = null;
    var search = element("input", {
      type: "search",
      handle: "institution-search",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "Name of the bank",
    });

    function fill() {
      var words = search.value.toLowerCase().split(/\s+/);
      var found = session.institutions.filter(function (candidate) {
        var name = candidate.name.toLowerCase();
        return words.every(function (word) {
          return name.indexOf(word) >= 0;
        });
      });
      list.replaceChildren.apply(list, found.map(bankButton));
      status.textContent = found.length ? "" : "No results for “" + search.value.trim() + "”.";
      exitStatus = found.length ? "requires_credentials" : "institution_not_found";
    }

    search.addEventListener("input", function () {
      fill();
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        if (search.isConnected && search.value.trim()) {
          emit("SEARCH_INSTITUTION", { institution_search_query: search.value.trim() });
        }
      }, 300);
    });

    fill();
    show(
      "SELECT_INSTITUTION",
      [
        title("Choose your bank"),
        element("div", {}, [element("label", { for: "institution-search", text: "Search" }), search]),
        status,
        list,
      ],
      search,
    );
  }

  function bankButton(candidate) {
    return element("li", {}, [
      element(
        "button",
        {
          type: "button",
          class: "bank",
          handle: "institution-" + candidate.institution_id,
          on: {
            click: function () {
              choose(candidate);
            },
          },
        },
        [
          logo(candidate),
          element("span", { text: candidate.name }),
          element("span", { class: "state", text: candidate.oauth ? "own page" : HEALTH[candidate.health] }),
        ],
      ),
    ]);
  }

  function choose(candidate) {
    if (busy) {
      return;
    }
    setBusy(true);
    institution = candidate;
    emit("SELECT_INSTITUTION", {});
    if (candidate.health === "degraded") {
      emit("SELECT_DEGRADED_INSTITUTION", {});
    } else if (candidate.health === "down") {
      emit("SELECT_DOWN_INSTITUTION", {});
    }
    inSession("institution", { institution_id: candidate.institution_id }).then(
      function (answer) {
        setBusy(false);
        goOn(answer);
      },
      function (error) {
        setBusy(false);
        if (error.error_code === "INSTITUTION_NO_LONGER_SUPPORTED") {
          exitStatus = "institution_not_supported";
        }
        showError(error, showInstitutions, "Choose another bank");
      },
    );
  }

  function goOn(answer) {
    lastError = null;
    if (answer.next === "credentials") {
      showCredentials();
    } else if (answer.next === "bank") {
      showBank();
    } else if (answer.next === "code") {
      showCode();
    } else if (answer.next === "accounts") {
      showAccounts(answer.accounts);
    } else {
      showConnected();
    }
  }

  function field(handle, label, attributes) {
    var input = element("input", Object.assign({ handle: handle, name: handle, autocapitalize: "none", spellcheck: "false" }, attributes));
    return { input: input, row: element("div", {}, [element("label", { for: handle, text: label }), input]) };
  }

  function fault() {
    return element("p", { class: "fault", role: "alert", id: "fault", "data-testid": "fault" });
  }

  // Sends a form; a refusal that typing can cure is shown in the form, anything else in a view of its own.
  function submit(act, body, parts, again) {
    if (busy) {
      return;
    }
    setBusy(true);
    parts.button.disabled = true;
    parts.fault.textContent = "";
    inSession(act, body).then(
      function (answer) {
        setBusy(false);
        goOn(answer);
      },
      function (error) {
        setBusy(false);
        parts.button.disabled = false;
        var curable = error.error_code === "INVALID_CREDENTIALS" || error.error_code === "INVALID_MFA";
        if (!curable) {
          showError(error, again, "Try again");
          return;
        }
        lastError = plain(error);
        emit("ERROR", errorDetails(lastError));
        parts.fault.textContent = describe(error);
        parts.input.setAttribute("aria-invalid", "true");
        parts.input.setAttribute("aria-describedby", "fault");
        parts.input.select();
        parts.input.focus();
      },
    );
  }

  function showCredentials() {
    exitStatus = "requires_credentials";
    allowBack(session.update_mode ? null : showInstitutions);
    var username = field("username", "Username", { type: "text", autocomplete: "off", required: true, value: session.username || null });
    var password = field("password", "Password", { type: "password", autocomplete: "off", required: true });
    var button = element("button", { type: "submit", class: "primary", handle: "submit-credentials", text: "Sign in" });
    var message = fault();
    var hint = element("p", { class: "hint" }, [
      document.createTextNode("Demo sign-in: "),
      element("code", { text: (session.username || "user_good") + " / pass_good" }),
    ]);
    var form = element(
      "form",
      {
        novalidate: true,
        autocomplete: "off",
        on: {
          submit: function (event) {
            event.preventDefault();
            if (busy) {
              return;
            }
            if (!username.input.value || !password.input.value) {
              message.textContent = "Please enter username and password.";
              (username.input.value ? password.input : username.input).focus();
              return;
            }
            emit("SUBMIT_CREDENTIALS", {});
            submit(
              "credentials",
              { username: username.input.value, password: password.input.value },
              { button: button, fault: message, input: password.input },
              showCredentials,
            );
          },
        },
      },
      [
        head(institution),
        title(session.update_mode ? "Sign in again" : "Sign in to your bank"),
        institution.health === "degraded"
          ? element("p", { class: "notice", text: "This bank has problems at the moment. Linking may take longer." })
          : null,
        hint,
        username.row,
        password.row,
        message,
        element("div", { class: "push" }, [button]),
      ],
    );
    show("CREDENTIAL", [form], session.username ? password.input : username.input);
  }

  function showCode() {
    exitStatus = "requires_code";
    allowBack(showCredentials);
    var code = field("mfa-code", "Code", { type: "text", inputmode: "numeric", autocomplete: "one-time-code", required: true });
    var button = element("button", { type: "submit", class: "primary", handle: "submit-code", text: "Continue" });
    var message = fault();
    var form = element(
      "form",
      {
        novalidate: true,
        on: {
          submit: function (event) {
            event.preventDefault();
            if (busy) {
              return;
            }
            if (!code.input.value.trim()) {
              message.textContent = "Please enter the code.";
              code.input.focus();
              return;
            }
            emit("SUBMIT_MFA", { mfa_type: "code" });
            submit("code", { code: code.input.value }, { button: button, fault: message, input: code.input }, showCode);
          },
        },
      },
      [
        head(institution),
        title("Enter your code"),
        element("p", { class: "soft", text: "Your bank has sent a code to your phone ending in 00." }),
        element("p", { class: "hint" }, [document.createTextNode("Demo code: "), element("code", { text: "1234" })]),
        code.row,
        message,
        element("div", { class: "push" }, [button]),
      ],
    );
    show("MFA", [form], code.input, { mfa_type: "code" });
  }

  function showBank(note) {
    exitStatus = "requires_oauth";
    allowBack(session.update_mode ? null : showInstitutions);
    var address = "/link/bank#" + encodeURIComponent(session.link_session_id) + "&" + institution.institution_id;
    var waiting = element("p", { class: "soft", role: "status", id: "bank-status" });
    var button = element("button", {
      type: "button",
      class: "primary",
      handle: "open-bank",
      text: "Continue to the bank",
      on: {
        click: function () {
          if (busy) {
            return;
          }
          var popup = window.open(address, "plaid-sandbox-bank", "popup=yes,width=480,height=700");
          if (!popup) {
            emit("FAIL_OAUTH", {});
            message.textContent = "The bank's window could not be opened. Please allow pop-ups and try again.";
            return;
          }
          message.textContent = "";
          waiting.textContent = "Waiting for you to finish at the bank…";
          setBusy(true);
          inSession("bank/open", {}).then(
            function () {
              emit("OPEN_OAUTH", {});
              watch(popup, button);
            },
            function (error) {
              setBusy(false);
              popup.close();
              showError(error, showBank, "Try again");
            },
          );
        },
      },
    });
    var message = fault();
    show(
      "OAUTH",
      [
        head(institution),
        title("Go to your bank"),
        element("p", { class: "soft", text: "You sign in on the bank's own page, in a window of its own, and come back here." }),
        note ? element("p", { class: "notice", text: note }) : null,
        message,
        waiting,
        element("div", { class: "push" }, [button]),
      ].filter(Boolean),
      button,
    );
  }

  // Asks how it went at the bank until there is an answer, the window is closed, or the person left.
  function watch(popup, button) {
    if (over || !button.isConnected) {
      setBusy(false);
      return;
    }
    var wasClosed = popup.closed;
    inSession("bank/outcome", {}).then(
      function (answer) {
        if (answer.next === "wait" && !wasClosed) {
          window.setTimeout(watch, 400, popup, button);
          return;
        }
        setBusy(false);
        if (answer.next === "wait") {
          emit("CLOSE_OAUTH", {});
          showBank("The bank's window was closed before you finished.");
        } else if (answer.next === "declined") {
          emit("FAIL_OAUTH", {});
          showBank("You declined at the bank. Nothing is shared.");
        } else {
          emit("CLOSE_OAUTH", {});
          goOn(answer);
        }
      },
      function (error) {
        setBusy(false);
        showError(error, showBank, "Try again");
      },
    );
  }

  function showAccounts(accounts) {
    exitStatus = "requires_account_selection";
    allowBack(null);
    var message = fault();
    var boxes = accounts.map(function (account) {
      var box = element("input", { type: "checkbox", handle: "account-" + account.mask, value: account.mask });
      box.checked = account.chosen;
      return box;
    });
    var rows = accounts.map(function (account, position) {
      return element("li", {}, [
        element("label", { class: "account", for: "account-" + account.mask }, [
          boxes[position],
          element("span", {}, [document.createTextNode(account.name), element("small", { text: account.subtype })]),
          element("span", { class: "mask", text: "•••• " + account.mask }),
        ]),
      ]);
    });
    var button = element("button", { type: "submit", class: "primary", handle: "continue", text: "Continue" });
    var form = element(
      "form",
      {
        on: {
          submit: function (event) {
            event.preventDefault();
            var masks = boxes
              .filter(function (box) {
                return box.checked;
              })
              .map(function (box) {
                return box.value;
              });
            if (!masks.length) {
              message.textContent = "Choose at least one account.";
              boxes[0].focus();
              return;
            }
            submit("accounts", { masks: masks }, { button: button, fault: message, input: boxes[0] }, function () {
              showAccounts(accounts);
            });
          },
        },
      },
      [
        head(institution),
        title("Choose accounts to share"),
        element("ul", { class: "accounts" }, rows),
        message,
        element("div", { class: "push" }, [button]),
      ],
    );
    show("SELECT_ACCOUNT", [form], boxes[0]);
  }

  function showConnected() {
    allowBack(null);
    exitButton.hidden = true;
    var button = element("button", { type: "button", class: "primary", handle: "finish", text: "Finish", on: { click: finish } });
    var message = session.update_mode
      ? institution.name + " is connected again."
      : institution.name + " is linked to " + session.client_name + ".";
    show(
      "CONNECTED",
      [
        element("div", { class: "sign" }, [drawing(TICK)]),
        title("Success", true),
        element("p", { class: "soft centre", text: message }),
        element("div", { class: "push" }, [button]),
      ],
      button,
    );
  }

  function showError(error, again, words) {
    lastError = plain(error);
    emit("ERROR", errorDetails(lastError));
    allowBack(null);
    var retry = again
      ? element("button", { type: "button", class: "primary", handle: "try-again", text: words, on: { click: function () { again(); } } })
      : null;
    var leave = element("button", { type: "button", class: again ? "quiet" : "primary", handle: "error-exit", text: "Exit", on: { click: leaveNow } });
    show(
      "ERROR",
      [
        element("div", { class: "sign bad" }, [drawing(CROSS)]),
        title("That did not work", true),
        element("p", { class: "centre", role: "alert", "data-testid": "error-text", text: describe(error) }),
        element("p", { class: "code centre", text: error.error_code }),
        element("div", { class: "push stack" }, [retry, leave]),
      ],
      retry || leave,
    );
  }

  // --- The end --------------------------------------------------------------------------

  function plain(error) {
    return {
      error_type: error.error_type,
      error_code: error.error_code,
      error_message: error.error_message || "",
      display_message: error.display_message || null,
    };
  }

  function errorDetails(error) {
    return { error_type: error.error_type, error_code: error.error_code, error_message: error.error_message };
  }

  function named(of) {
    return of ? { name: of.name, institution_id: of.institution_id } : null;
  }

  function finish() {
    if (busy || over) {
      return;
    }
    setBusy(true);
    inSession("finish", {}).then(
      function (answer) {
        over = true;
        emit("HANDOFF", {});
        return recorded.then(function () {
          tell({ action: "success", publicToken: answer.public_token, metadata: answer.metadata });
          if (hostedId) {
            showGoodbye(answer.completion_redirect_uri, "You are done", "You can close this page now.");
          }
        });
      },
      function (error) {
        setBusy(false);
        showError(error, showConnected, "Try again");
      },
    );
  }

  function leaveNow() {
    if (over) {
      return;
    }
    over = true;
    setBusy(true);
    closeDialog();
    var status = session ? exitStatus : null;
    emit("EXIT", Object.assign({ exit_status: status }, lastError ? errorDetails(lastError) : {}));
    var left = session
      ? recorded.then(function () {
          return inSession("exit", {
            institution_id: institution ? institution.institution_id : null,
            status: status,
            error: lastError,
          }).catch(function () {});
        })
      : Promise.resolve();
    left.then(function () {
      tell({
        action: "exit",
        error: lastError,
        metadata: {
          institution: named(institution),
          status: status,
          link_session_id: session ? session.link_session_id : null,
          request_id: lastRequestId,
        },
      });
      if (hostedId) {
        showGoodbye(null, "You left", "Nothing was linked. You can close this page now.");
      }
    });
  }

  function showGoodbye(redirect, heading, text) {
    allowBack(null);
    exitButton.hidden = true;
    if (redirect && /^https?:\/\//.test(redirect)) {
      window.location.assign(redirect);
      return;
    }
    view.replaceChildren(title(heading, true), element("p", { class: "soft centre", text: text }));
    view.setAttribute("data-view", "GOODBYE");
    view.querySelector("h1").focus();
  }

  // --- Leaving asks first -----------------------------------------------------------------

  var focusBefore = null;

  function askToLeave() {
    if (over || exitButton.hidden || !leaving.hidden) {
      return;
    }
    focusBefore = document.activeElement;
    leaving.hidden = false;
    pane.inert = true;
    document.getElementById("exit-cancel").focus();
  }

  function closeDialog() {
    if (leaving.hidden) {
      return;
    }
    leaving.hidden = true;
    pane.inert = false;
    if (focusBefore && focusBefore.isConnected) {
      focusBefore.focus();
    }
  }

  exitButton.addEventListener("click", askToLeave);
  document.getElementById("exit-cancel").addEventListener("click", closeDialog);
  document.getElementById("exit-confirm").addEventListener("click", leaveNow);
  back.addEventListener("click", function () {
    if (!busy && goBack) {
      goBack();
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      if (leaving.hidden) {
        askToLeave();
      } else {
        closeDialog();
      }
    }
  });

  // --- The beginning ------------------------------------------------------------------------

  function start(body) {
    showLoading();
    post("start", body).then(
      function (answer) {
        session = answer;
        institution = answer.institution;
        emit("OPEN", {});
        if (!answer.update_mode) {
          showConsent();
        } else if (institution.oauth) {
          showBank();
        } else {
          showCredentials();
        }
      },
      function (error) {
        showError(error, null, "");
      },
    );
  }

  if (hostedId) {
    start({ hosted_id: hostedId });
    return;
  }
  if (window.parent === window || !parentOrigin) {
    showGoodbye(null, "Nothing to do here", "This page is drawn by an app that links a bank.");
    return;
  }
  var started = false;
  window.addEventListener("message", function (event) {
    if (event.source !== window.parent || event.origin !== parentOrigin || !event.data) {
      return;
    }
    if (event.data.action === "start" && !started && typeof event.data.token === "string") {
      started = true;
      start({ link_token: event.data.token });
    } else if (event.data.action === "exit") {
      if (event.data.force) {
        leaveNow();
      } else {
        askToLeave();
      }
    }
  });
  tell({ action: "ready" });
})();
