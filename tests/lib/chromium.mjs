// A headless Chromium, the system's own, and what can be measured of a page in it.

import { load, scratch, tools } from "./tools.mjs";

/** Starts it. Without one this fails: what a browser does is seen in a browser alone. */
export async function startChromium() {
  if (!tools.chromium) throw new Error("there is no Chromium: install it (Debian and Ubuntu: `apt-get install chromium`), or name one in CHROMIUM_BIN");
  const { default: puppeteer } = load("puppeteer-core");
  // Its sandbox does not run as root.
  const args = ["--disable-gpu", "--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  return puppeteer.launch({ executablePath: tools.chromium, headless: true, args, userDataDir: scratch("chromium"), timeout: 60_000 });
}

export const SIZES = {
  desktop: { width: 1280, height: 900 },
  zoomed: { width: 640, height: 450, deviceScaleFactor: 2 }, // the same screen at 200 %
  phone: { width: 360, height: 740, deviceScaleFactor: 2 },
  narrow: { width: 320, height: 568 }, // 400 % (WCAG 1.4.10)
};

/** A page of a browser that has never been anywhere. */
export async function newPage(browser, { scheme = "light" } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.setViewport(SIZES.desktop);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  page.problems = [];
  page.on("console", (message) => /Content Security Policy|Refused to|Error:/.test(message.text()) && page.problems.push(message.text()));
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("dialog", (dialog) => {
    page.problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return page;
}

/** Waits for a page that says this, through pages that go on by themselves: between two of them there is no body. */
export const says = (page, words) => page.waitForFunction((text) => document.body?.innerText.includes(text), {}, words);

/** Clicks, and waits for where that leads. */
export async function clickTo(page, selector, arrived) {
  await page.click(selector);
  await says(page, arrived);
}

/** What a page is like for those who see, hear or touch it: `{ scrolls, lang, headings, landmarks, unnamed, small, faint, dim }`. */
export function measure(page) {
  return page.evaluate(() => {
    const channel = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const parse = (color) => {
      const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
      return { r, g, b, a };
    };
    const luminance = ({ r, g, b }) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
    const contrast = (one, other) => {
      const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
      return (light + 0.05) / (dark + 0.05);
    };
    const ground = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.a === 1) return color;
      }
      return { r: 255, g: 255, b: 255 };
    };
    const shown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
    const says = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
    const all = [...document.body.querySelectorAll("*")].filter(shown);
    const controls = all.filter((element) => element.matches("input, button, a"));
    const name = (element) => element.labels?.[0]?.innerText ?? element.innerText;
    const target = (element) => (element.labels?.[0]?.contains(element) ? element.labels[0] : element).getBoundingClientRect();
    const describe = (element) => `${element.outerHTML.slice(0, 80)} ${element.innerText ?? ""}`;
    return {
      scrolls: document.documentElement.scrollWidth > innerWidth,
      lang: document.documentElement.lang,
      headings: all.filter((element) => element.matches("h1")).length,
      landmarks: all.filter((element) => element.matches("main")).length,
      unnamed: controls.filter((element) => !name(element)?.trim()).map(describe),
      small: controls.filter((element) => target(element).height < 24 || target(element).width < 24).map(describe),
      faint: all.filter(says).filter((element) => contrast(parse(getComputedStyle(element).color), ground(element)) < 4.5).map(describe),
      dim: controls
        .filter((element) => element.matches("button, .button, input[type=password]"))
        .filter((element) => Math.max(contrast(parse(getComputedStyle(element).borderColor), ground(element.parentElement)), contrast(ground(element), ground(element.parentElement))) < 3)
        .map(describe),
    };
  });
}
