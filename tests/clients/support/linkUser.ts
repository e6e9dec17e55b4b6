// Drives a page that opens Link: finds elements by their text, and reads the callbacks that the page got.

import { By, error, type WebDriver, type WebElement } from "selenium-webdriver";
import {
  type CallbackName,
  type CallbackOf,
  isEventCallback,
  type LinkCallback,
} from "./callbacks";
import { expectShape } from "./shapes";

const PATIENCE = 20_000;

export class LinkUser {
  private readonly window: Promise<string>;

  constructor(private readonly driver: WebDriver) {
    this.window = driver.getWindowHandle();
  }

  /** Opens the page and waits until Link is loaded. */
  async visit(url: string): Promise<void> {
    await this.driver.switchTo().window(await this.window);
    await this.driver.get(url);
    await this.waitForCallback("onLoad");
  }

  /** Opens another page, such as a Hosted Link URL. */
  async openUrl(url: string): Promise<void> {
    await this.driver.switchTo().window(await this.window);
    await this.driver.get(url);
  }

  /** Makes `window.open` fail in the frame that Link shows now. */
  async blockPopUps(): Promise<void> {
    await this.inLink(By.css("body"), () => this.driver.executeScript("window.open = () => null;"));
  }

  /** Presses a button of the page that replaced the one with the component. */
  async pressOnPage(words: string): Promise<void> {
    await this.toPage();
    await this.act(By.xpath(buttonWith(words)), (button) => button.click());
  }

  /** Presses the page's button and waits until Link is visible. */
  async openLink(): Promise<void> {
    await this.toPage();
    await this.act(By.xpath("//button[.='Link a bank']"), (button) => button.click());
    await this.driver.wait(() => this.linkIsShown(), PATIENCE, "Link is shown");
  }

  async linkIsShown(): Promise<boolean> {
    await this.toPage();
    for (const frame of await this.frames()) {
      if (await frame.isDisplayed()) {
        return true;
      }
    }
    return false;
  }

  async waitUntilHidden(): Promise<void> {
    await this.driver.wait(async () => !(await this.linkIsShown()), PATIENCE, "Link is hidden");
  }

  /** How many Link frames the page has, visible or not. */
  async frameCount(): Promise<number> {
    await this.toPage();
    return (await this.frames()).length;
  }

  /** Presses the button in Link whose text starts with `words`. */
  async press(words: string): Promise<void> {
    await this.inLink(By.xpath(buttonWith(words)), (button) => button.click());
  }

  async enter(label: string, text: string): Promise<void> {
    const name = JSON.stringify(label);
    const field = `//input[@aria-label=${name} or @id=//label[normalize-space(.)=${name}]/@for]`;
    await this.inLink(By.xpath(field), async (input) => {
      await input.click();
      await input.clear();
      await input.sendKeys(text);
    });
  }

  /** Selects exactly the accounts with these masks, and finishes. */
  async shareAccounts(...masks: string[]): Promise<void> {
    await this.inLink(By.xpath("//form[.//label[contains(., '••••')]]"), async (form) => {
      for (const label of await form.findElements(By.xpath(".//label[contains(., '••••')]"))) {
        const box = await label.findElement(By.css("input"));
        const text = await label.getText();
        const isWanted = masks.some((mask) => text.includes(mask));
        if ((await box.isSelected()) !== isWanted) {
          await label.click();
        }
      }
    });
    await this.press("Continue");
    await this.press("Finish");
  }

  /** Waits until Link shows these words. */
  async waitForText(words: string): Promise<void> {
    const text = `//*[not(self::script)][text()[contains(normalize-space(.), ${JSON.stringify(words)})]]`;
    await this.inLink(By.xpath(text), async (element) => {
      if (!(await element.isDisplayed())) {
        throw new error.ElementNotInteractableError();
      }
    });
  }

  async chooseBank(name: string): Promise<void> {
    await this.press("Continue");
    await this.press(name);
  }

  async signIn(username = "user_good", password = "pass_good"): Promise<void> {
    await this.enter("Username", username);
    await this.enter("Password", password);
    await this.press("Sign in");
  }

  /** Presses Link's exit button and confirms. */
  async exitLink(): Promise<void> {
    await this.inLink(By.css("button[aria-label='Exit']"), (button) => button.click());
    await this.press("Yes, leave");
  }

  /** Presses a button in the pop-up window, which then closes. */
  async pressInPopUp(words: string): Promise<void> {
    const own = await this.window;
    const popUp = await this.driver.wait(
      async () => (await this.driver.getAllWindowHandles()).find((handle) => handle !== own),
      PATIENCE,
      "a window opens",
    );
    await this.driver.switchTo().window(popUp ?? own);
    await this.act(By.xpath(buttonWith(words)), (button) => button.click());
    await this.driver.switchTo().window(own);
  }

  /** Calls the hook's `exit` from the page. */
  async callExit(force: boolean): Promise<void> {
    await this.toPage();
    await this.driver.executeScript("window.page.exit(arguments[0])", force);
  }

  /** Gives the hook another Link token, or with null removes the hook. */
  async changeToken(token: string | null): Promise<void> {
    await this.toPage();
    await this.driver.executeScript("window.page.setToken(arguments[0])", token);
  }

  async count(callback: CallbackName): Promise<number> {
    return (await this.callbacks()).filter((call) => call.callback === callback).length;
  }

  /** All callbacks so far, checked against react-plaid-link's types. */
  async callbacks(): Promise<LinkCallback[]> {
    await this.toPage();
    const callbacks: LinkCallback[] = await this.driver.executeScript(
      "return window.linkCallbacks ?? []",
    );
    callbacks.forEach(checkShape);
    return callbacks;
  }

  /** Waits until this callback was called; returns its last call. */
  async waitForCallback<C extends CallbackName>(callback: C): Promise<CallbackOf<C>> {
    const last = await this.driver.wait(
      async () => {
        const calls = await this.callbacks();
        return calls.findLast((call): call is CallbackOf<C> => call.callback === callback);
      },
      PATIENCE,
      `${callback} is called`,
    );
    if (!last) {
      throw new Error(`${callback} was not called`);
    }
    return last;
  }

  /** The names of the events so far, with the view's name if there is one. */
  async events(): Promise<string[]> {
    const callbacks = await this.callbacks();
    return callbacks
      .filter(isEventCallback)
      .map(({ name, metadata }) => (metadata.view_name ? `${name} ${metadata.view_name}` : name));
  }

  private async toPage(): Promise<void> {
    await this.driver.switchTo().defaultContent();
  }

  private frames(): Promise<WebElement[]> {
    return this.driver.findElements(By.css("iframe[id^='plaid-link-iframe']"));
  }

  private async inLink(locator: By, work: (element: WebElement) => Promise<void>): Promise<void> {
    await this.toPage();
    for (const frame of await this.frames()) {
      if (await frame.isDisplayed()) {
        await this.driver.switchTo().frame(frame);
      }
    }
    await this.act(locator, work);
    await this.toPage();
  }

  /** Does `work` on an element as soon as that is possible. */
  private async act(locator: By, work: (element: WebElement) => Promise<void>): Promise<void> {
    let obstacle: unknown = "it does not exist";
    const attempt = async () => {
      try {
        const [element] = await this.driver.findElements(locator);
        if (!element) {
          return false;
        }
        if (!(await element.isEnabled())) {
          obstacle = "it is not enabled";
          return false;
        }
        await this.driver.executeScript(
          "arguments[0].scrollIntoView({ block: 'center' })",
          element,
        );
        await work(element);
        return true;
      } catch (failure) {
        obstacle = failure;
        if (RETRIABLE.some((kind) => failure instanceof kind)) {
          return false;
        }
        throw failure;
      }
    };
    try {
      await this.driver.wait(attempt, PATIENCE, String(locator));
    } catch (failure) {
      throw failure instanceof error.TimeoutError
        ? new Error(`${failure.message}: ${obstacle}`)
        : failure;
    }
  }
}

function buttonWith(words: string): string {
  return `//button[starts-with(normalize-space(.), ${JSON.stringify(words)})]`;
}

/** The view is being redrawn, or something covers the element. */
const RETRIABLE = [
  error.StaleElementReferenceError,
  error.ElementNotInteractableError,
  error.ElementClickInterceptedError,
  error.NoSuchElementError,
];

function checkShape(call: LinkCallback): void {
  if (call.callback === "onEvent" || call.callback === "onSuccess") {
    expectShape(call.callback, call.metadata);
  } else if (call.callback === "onExit") {
    expectShape("onExit", call.metadata);
    if (call.error) {
      expectShape("onExit error", call.error);
    }
  }
}
