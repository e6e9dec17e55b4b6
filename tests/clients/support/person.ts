// The person at the page: opens Link, finds things in it by what is written on them, and looks at what
// the page was told.

import { By, error, type WebDriver, type WebElement } from "selenium-webdriver";
import { expectShape } from "./shapes";
import type { Callback, Told, ToldBy } from "./told";

const PATIENCE = 20_000;

export class Person {
  private readonly window: Promise<string>;

  constructor(private readonly driver: WebDriver) {
    this.window = driver.getWindowHandle();
  }

  /** Opens the page and waits until Link is loaded. */
  async visit(url: string): Promise<void> {
    await this.driver.switchTo().window(await this.window);
    await this.driver.get(url);
    await this.told("onLoad");
  }

  /** Opens a page that is not the one with the component, such as that of a Hosted Link. */
  async visitOther(url: string): Promise<void> {
    await this.driver.switchTo().window(await this.window);
    await this.driver.get(url);
  }

  /** From now on the browser opens no pop-up for what is shown of Link. */
  async forbidPopUps(): Promise<void> {
    await this.inLink(By.css("body"), () => this.driver.executeScript("window.open = () => null;"));
  }

  /** Presses a button of the page that has taken the place of the component's. */
  async pressOnPage(words: string): Promise<void> {
    await this.toPage();
    await this.act(By.xpath(buttonWith(words)), (button) => button.click());
  }

  /** Presses the page's own button, and waits until Link is seen. */
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

  async linkIsGone(): Promise<void> {
    await this.driver.wait(async () => !(await this.linkIsShown()), PATIENCE, "Link is hidden");
  }

  /** How many frames of Link the page has, shown or not. */
  async frameCount(): Promise<number> {
    await this.toPage();
    return (await this.frames()).length;
  }

  /** Presses a button in Link by the beginning of its text. */
  async press(words: string): Promise<void> {
    await this.inLink(By.xpath(buttonWith(words)), (button) => button.click());
  }

  /** Enters a text into the field with this label. */
  async enter(label: string, text: string): Promise<void> {
    const name = JSON.stringify(label);
    const field = `//input[@aria-label=${name} or @id=//label[normalize-space(.)=${name}]/@for]`;
    await this.inLink(By.xpath(field), async (input) => {
      await input.click();
      await input.clear();
      await input.sendKeys(text);
    });
  }

  /** Ticks the accounts with these masks and no others, and goes on to the end. */
  async share(...masks: string[]): Promise<void> {
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

  /** Waits until these words are seen in Link. */
  async sees(words: string): Promise<void> {
    const text = `//*[not(self::script)][text()[contains(normalize-space(.), ${JSON.stringify(words)})]]`;
    await this.inLink(By.xpath(text), async (element) => {
      if (!(await element.isDisplayed())) {
        throw new error.ElementNotInteractableError();
      }
    });
  }

  /** Goes through to the choice of a bank, and chooses one. */
  async chooseBank(name: string): Promise<void> {
    await this.press("Continue");
    await this.press(name);
  }

  async signIn(username = "user_good", password = "pass_good"): Promise<void> {
    await this.enter("Username", username);
    await this.enter("Password", password);
    await this.press("Sign in");
  }

  /** Leaves Link by the button at its top, which asks first. */
  async leave(): Promise<void> {
    await this.inLink(By.css("button[aria-label='Exit']"), (button) => button.click());
    await this.press("Yes, leave");
  }

  /** Presses a button in the window that a click has opened, which then closes. */
  async inPopUp(words: string): Promise<void> {
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

  /** The page calls `exit` of the hook. */
  async exitByPage(force: boolean): Promise<void> {
    await this.toPage();
    await this.driver.executeScript("window.page.exit(arguments[0])", force);
  }

  /** The page gives the hook another Link token; with none, it takes the hook away. */
  async changeToken(token: string | null): Promise<void> {
    await this.toPage();
    await this.driver.executeScript("window.page.setToken(arguments[0])", token);
  }

  /** How often this callback was called. */
  async count(callback: Callback): Promise<number> {
    return (await this.everythingTold()).filter((told) => told.callback === callback).length;
  }

  /** Everything that the page was told, each of it of the shape that react-plaid-link declares. */
  async everythingTold(): Promise<Told[]> {
    await this.toPage();
    const told: Told[] = await this.driver.executeScript("return window.told ?? []");
    told.forEach(checkShape);
    return told;
  }

  /** Waits until this callback was called, and answers its last call. */
  async told<C extends Callback>(callback: C): Promise<ToldBy<C>> {
    const last = await this.driver.wait(
      async () => {
        const told = await this.everythingTold();
        return told.findLast((one): one is ToldBy<C> => one.callback === callback);
      },
      PATIENCE,
      `${callback} is called`,
    );
    if (!last) {
      throw new Error(`${callback} was not called`);
    }
    return last;
  }

  /** The events so far; those that show a view with the view's name. */
  async events(): Promise<string[]> {
    const told = await this.everythingTold();
    return told
      .filter((one) => one.callback === "onEvent")
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

  /** Does something with an element as soon as it can be done. */
  private async act(locator: By, work: (element: WebElement) => Promise<void>): Promise<void> {
    let obstacle: unknown = "it is not there";
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
        if (NOT_YET.some((kind) => failure instanceof kind)) {
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

/** A view is being redrawn, or something lies over it. */
const NOT_YET = [
  error.StaleElementReferenceError,
  error.ElementNotInteractableError,
  error.ElementClickInterceptedError,
  error.NoSuchElementError,
];

function checkShape(told: Told): void {
  if (told.callback === "onEvent" || told.callback === "onSuccess") {
    expectShape(told.callback, told.metadata);
  } else if (told.callback === "onExit") {
    expectShape("onExit", told.metadata);
    if (told.error) {
      expectShape("onExit error", told.error);
    }
  }
}
