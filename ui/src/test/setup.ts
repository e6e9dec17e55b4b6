/** What jsdom lacks but Mantine or the virtual lists need. */
import "@testing-library/jest-dom/vitest";
import { notifications } from "@mantine/notifications";
import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// On a busy machine a screen can take longer than the default second.
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

// Virtual lists draw what fits; in jsdom every element has the size of a typical window.
Object.defineProperties(window.HTMLElement.prototype, {
  clientHeight: { configurable: true, get: () => 800 },
  clientWidth: { configurable: true, get: () => 1280 },
  offsetHeight: { configurable: true, get: () => 130 },
  offsetWidth: { configurable: true, get: () => 1280 },
});

// jsdom has no document.fonts, which Mantine needs for autosizing.
Object.defineProperty(document, "fonts", {
  value: { addEventListener: vi.fn(), removeEventListener: vi.fn(), ready: Promise.resolve() },
});

afterEach(() => {
  // Unmounting still calls the shell, so clear the shell last.
  cleanup();
  clearMocks();
  notifications.clean();
  document.body.innerHTML = "";
});
