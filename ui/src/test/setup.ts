/** What jsdom lacks and the component library or the long lists ask for. */
import "@testing-library/jest-dom/vitest";
import { notifications } from "@mantine/notifications";
import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// On a busy machine a screen may take longer than the usual second.
configure({ asyncUtilTimeout: 5000 });

window.matchMedia = (query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: () => {},
  removeListener: () => {},
  addEventListener: () => {},
  removeEventListener: () => {},
  dispatchEvent: () => false,
});

class SizelessObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
window.ResizeObserver = SizelessObserver;
window.HTMLElement.prototype.scrollIntoView = () => {};
window.HTMLElement.prototype.scrollTo = () => {};

// The long lists draw what fits; in jsdom everything has the size of a usual window.
Object.defineProperties(window.HTMLElement.prototype, {
  clientHeight: { configurable: true, get: () => 800 },
  clientWidth: { configurable: true, get: () => 1280 },
  offsetHeight: { configurable: true, get: () => 130 },
  offsetWidth: { configurable: true, get: () => 1280 },
});

// jsdom has no document.fonts; Mantine asks it when autosizing.
Object.defineProperty(document, "fonts", {
  value: { addEventListener: vi.fn(), removeEventListener: vi.fn(), ready: Promise.resolve() },
});

afterEach(() => {
  // Leaving the screen still speaks to the shell, so the shell goes last.
  cleanup();
  clearMocks();
  notifications.clean();
  document.body.innerHTML = "";
});
