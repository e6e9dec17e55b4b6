// The page of a bank with a sign-in of its own: it approves or declines for one session of
// Link, tells the server, and closes. The frame of Link asks the server how it went.
(function () {
  "use strict";

  var parts = window.location.hash.slice(1).split("&");
  var session = decodeURIComponent(parts[0] || "");
  var institution = parts[1] || "";
  var view = document.getElementById("view");
  var fault = document.getElementById("fault");
  var buttons = [document.getElementById("bank-approve"), document.getElementById("bank-decline")];
  var logo = document.getElementById("logo");

  if (/^ins_\d+$/.test(institution)) {
    logo.src = "/link/logo/" + institution + ".png";
    logo.hidden = false;
  }

  function enable(enabled) {
    buttons.forEach(function (button) {
      button.disabled = !enabled;
    });
  }

  function decide(granted) {
    enable(false);
    fault.textContent = "";
    fetch("/link/session/bank/consent", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ link_session_id: session, granted: granted }),
    })
      .then(function (response) {
        if (!response.ok) {
          throw new Error("refused");
        }
        done(granted);
      })
      .catch(function () {
        enable(true);
        fault.textContent = "The bank could not take your answer. Please try again.";
      });
  }

  function done(granted) {
    var heading = document.createElement("h1");
    heading.textContent = granted ? "Approved" : "Declined";
    var text = document.createElement("p");
    text.textContent = "You can close this window and go on in Link.";
    view.replaceChildren(heading, text);
    window.close();
  }

  buttons[0].addEventListener("click", function () {
    decide(true);
  });
  buttons[1].addEventListener("click", function () {
    decide(false);
  });
})();
