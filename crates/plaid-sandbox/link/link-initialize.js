// The script an app loads in place of Plaid's: window.Plaid.create with the same contract.
// It draws the frame of the stand-in and passes on what the frame tells.
(function () {
  "use strict";

  var script = document.currentScript;
  var linkOrigin = new URL(script.src).origin;
  var framePage = linkOrigin + "/link/v2/stable/link.html";
  var created = 0;

  function whenBodyIsThere(act) {
    if (document.body) {
      act();
    } else {
      document.addEventListener("DOMContentLoaded", act, { once: true });
    }
  }

  function drawFrame() {
    created += 1;
    var frame = document.createElement("iframe");
    frame.id = "plaid-link-iframe-" + created;
    frame.title = "Link";
    frame.src = framePage + "#" + encodeURIComponent(window.location.origin);
    frame.style.position = "fixed";
    frame.style.top = "0";
    frame.style.left = "0";
    frame.style.width = "100%";
    frame.style.height = "100%";
    frame.style.border = "0";
    frame.style.zIndex = "2147483647";
    frame.style.display = "none";
    return frame;
  }

  function create(configuration) {
    if (!configuration || typeof configuration.token !== "string" || configuration.token === "") {
      throw new Error("Plaid.create: token is required");
    }
    if (typeof configuration.onSuccess !== "function") {
      throw new Error("Plaid.create: onSuccess is required");
    }

    var frame = drawFrame();
    var loaded = false;
    var ready = false;
    var wanted = false;
    var started = false;
    var destroyed = false;

    function tell(message) {
      frame.contentWindow.postMessage(message, linkOrigin);
    }

    function call(name, args) {
      if (typeof configuration[name] === "function") {
        configuration[name].apply(null, args);
      }
    }

    function show() {
      if (!ready || !wanted || started || destroyed) {
        return;
      }
      started = true;
      frame.style.display = "block";
      tell({ action: "start", token: configuration.token });
      frame.focus();
    }

    function hide() {
      frame.style.display = "none";
      wanted = false;
      started = false;
      // A fresh page, so that the handler can be opened once more.
      ready = false;
      frame.src = framePage + "?again=" + Date.now() + "#" + encodeURIComponent(window.location.origin);
    }

    function listen(event) {
      if (event.origin !== linkOrigin || event.source !== frame.contentWindow || !event.data) {
        return;
      }
      var message = event.data;
      if (message.action === "ready") {
        ready = true;
        if (!loaded) {
          loaded = true;
          call("onLoad", []);
        }
        show();
      } else if (message.action === "event") {
        call("onEvent", [message.eventName, message.metadata]);
      } else if (message.action === "success") {
        hide();
        call("onSuccess", [message.publicToken, message.metadata]);
      } else if (message.action === "exit") {
        hide();
        call("onExit", [message.error, message.metadata]);
      }
    }

    window.addEventListener("message", listen);
    whenBodyIsThere(function () {
      if (!destroyed) {
        document.body.appendChild(frame);
      }
    });

    return {
      open: function () {
        wanted = true;
        show();
      },
      exit: function (options) {
        if (started) {
          tell({ action: "exit", force: Boolean(options && options.force) });
        }
      },
      // For Layer sessions, which the stand-in does not play.
      submit: function () {},
      destroy: function () {
        destroyed = true;
        window.removeEventListener("message", listen);
        frame.remove();
      },
    };
  }

  window.Plaid = { create: create };
})();
