// Loaded into every page under test before its own script; the tests call `checks.*` there. Plain JavaScript,
// because the project's types know no browser.

/** Visible text whose colour stands out from its ground by less than WCAG 1.4.3 asks (4.5:1). */
function contrastFaults() {
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (channels(backgroundColor)[3] !== 0) return backgroundColor;
    }
    return 'rgb(255, 255, 255)';
  };
  const faults = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
    if (!own || !element.checkVisibility()) continue;
    const [text, behind] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const ratio = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
    if (ratio < 4.5) faults.push(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return faults;
}

/** Missing names, languages, headings, doubled ids and targets too small to hit (WCAG 1.1.1, 1.3.1, 2.5.8, 3.1.1, 4.1.2). */
function nameFaults() {
  const faults = [];
  if (document.documentElement.lang === '') faults.push('no language');
  if (document.title === '') faults.push('no title');
  if (document.querySelectorAll('h1').length !== 1) faults.push('not exactly one h1');
  if (document.querySelectorAll('main').length !== 1) faults.push('not exactly one main');
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1]));
  if (levels.some((level, index) => level > (levels[index - 1] ?? 0) + 1)) faults.push(`headings skip a level: ${levels.join()}`);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push('an id stands twice');
  for (const image of document.querySelectorAll('img')) if (image.alt === '') faults.push(`image without text: ${image.src}`);
  for (const control of document.querySelectorAll('a, button')) {
    if (!control.checkVisibility()) continue;
    if ((control.getAttribute('aria-label') ?? control.innerText).trim() === '') faults.push(`control without a name: ${control.outerHTML.slice(0, 80)}`);
    const { height } = control.getBoundingClientRect();
    if (control.tagName === 'BUTTON' && height < 24) faults.push(`target of ${height} px`);
  }
  for (const field of document.querySelectorAll('input:not([type=hidden])')) {
    if (field.labels.length === 0) faults.push(`field without a label: ${field.name}`);
    const target = field.type === 'radio' ? field.labels[0] : field;
    if (target.getBoundingClientRect().height < 24) faults.push(`target too small: ${field.name}`);
  }
  for (const group of document.querySelectorAll('fieldset')) if (group.querySelector('legend') === null) faults.push('a group without a legend');
  for (const described of document.querySelectorAll('[aria-describedby]')) {
    for (const id of described.getAttribute('aria-describedby').split(' ')) if ((document.getElementById(id)?.textContent ?? '').trim() === '') faults.push(`described by nothing: ${id}`);
  }
  for (const invalid of document.querySelectorAll('[aria-invalid=true]')) if (!/-fault\b/.test(invalid.getAttribute('aria-describedby') ?? '')) faults.push('a fault that is not tied to its field');
  for (const reference of document.querySelectorAll('[aria-labelledby]')) if (document.getElementById(reference.getAttribute('aria-labelledby') ?? '') === null) faults.push('a label that is not there');
  const live = document.querySelector('[aria-live=polite]');
  if (live === null || document.querySelector('main')?.contains(live) === true) faults.push('no live region outside of what is replaced');
  return faults;
}

/** The modules of the shown code, read off its pixels. `size` is without the quiet zone of four. */
async function modulesOfCode(size) {
  const image = new Image();
  image.src = document.querySelector('.qr img').src;
  await image.decode();
  const whole = size + 8;
  const scale = 4;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = whole * scale;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const dark = (x, y) => data[((y * scale + scale / 2) * canvas.width + x * scale + scale / 2) * 4] < 128;
  return Array.from({ length: size }, (_row, y) => Array.from({ length: size }, (_module, x) => dark(x + 4, y + 4)));
}

function focused() {
  const element = document.activeElement;
  // A radio button's outline is drawn around its whole option.
  const outlined = [element, element.closest('.option')].some((each) => each !== null && getComputedStyle(each).outlineStyle === 'solid');
  return { name: element.getAttribute('aria-label') ?? (element.labels?.[0] ?? element).textContent.trim().replace(/\s+/g, ' '), tag: element.tagName, outlined };
}

window.checks = { contrastFaults, nameFaults, modulesOfCode, focused };
