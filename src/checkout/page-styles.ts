/** The one style sheet of the payer's page. Colours keep 4.5:1 on their ground in both schemes (WCAG 1.4.3). */
export const PAGE_STYLES = `
:root {
  color-scheme: light dark;
  --ground: #f4f3ee; --sheet: #ffffff; --ink: #1b1d1a; --soft: #5a5d56; --line: #dfddd4; --edge: #86897f; --field: #f7f6f2;
  --accent: #14614d; --on-accent: #ffffff; --good: #14614d; --bad: #9c2f1f; --note: #5f4500; --note-ground: #fcf1d0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121412; --sheet: #1b1e1b; --ink: #ecebe4; --soft: #a8aaa1; --line: #363a35; --edge: #7d8279; --field: #232723;
    --accent: #8ad4bb; --on-accent: #08241b; --good: #8ad4bb; --bad: #f2a08f; --note: #f3d98b; --note-ground: #352b10;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 58rem; margin: 0 auto; padding: clamp(.75rem, 4vw, 3.5rem) clamp(.75rem, 4vw, 2rem) 1.5rem; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 1rem; overflow: hidden; }
.part { padding: clamp(1.1rem, 4vw, 2.25rem); min-width: 0; }
.part + .part { border-top: 1px solid var(--line); }
@media (min-width: 48rem) {
  .sheet.two { display: grid; grid-template: "request methods" 1fr "test methods" auto / 1fr 1fr; }
  .two .request { grid-area: request; }
  .two .methods { grid-area: methods; border-top: 0; border-inline-start: 1px solid var(--line); }
  .two .test { grid-area: test; }
  .sheet:not(.two) { max-width: 30rem; margin: 0 auto; }
}
h1, h2, p, dl, dd, ul, ol, table, figure { margin: 0; }
h1 { font-size: 1.15rem; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; }
h2 { font-size: 1rem; font-weight: 600; }
h3 { margin: 1.5rem 0 0; font-size: .95rem; font-weight: 600; }
.label { color: var(--soft); font-size: .875rem; }
.theirs { overflow-wrap: anywhere; overflow: hidden; overflow: clip; }
.amount { font-size: clamp(2rem, 9vw, 2.9rem); font-weight: 650; line-height: 1.15; letter-spacing: -.02em; font-variant-numeric: tabular-nums; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
.amount.long { font-size: clamp(1.6rem, 7vw, 2.1rem); }
.amount .code { font-size: .5em; letter-spacing: 0; color: var(--soft); font-weight: 600; }
.group + .group { margin-inline-start: .16em; }
.badge { display: inline-block; margin-bottom: 1rem; padding: .15rem .65rem; border-radius: 1rem; background: var(--note-ground); color: var(--note); font-size: .8125rem; font-weight: 600; }
.state { margin-top: 1.1rem; padding-inline-start: .85rem; border-inline-start: 3px solid var(--line); }
.state p + p { color: var(--soft); font-size: .9375rem; }
.state strong { font-weight: 600; }
.state.paid { border-color: var(--good); } .state.paid strong { color: var(--good); }
.state.ended { border-color: var(--bad); } .state.ended strong { color: var(--bad); }
.state.paid strong, .state.ended strong { font-size: 1.25rem; }
.price { font-variant-numeric: tabular-nums; }
.countdown { display: block; color: var(--ink); font-variant-numeric: tabular-nums; }
.again { white-space: nowrap; }
.tick { width: 1.1em; height: 1.1em; margin-inline-end: .4em; vertical-align: -.16em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
progress { display: block; width: 100%; height: .5rem; margin: .5rem 0; accent-color: var(--accent); }
.purpose { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
.purpose h2 { overflow-wrap: anywhere; }
.purpose .words { white-space: pre-line; color: var(--soft); margin-top: .25rem; }
.words > * + *, .words li > * + * { margin-top: .5rem; }
.words li + li, .words li > ul, .words li > ol { margin-top: .2rem; }
.words ul, .words ol { padding-inline-start: 1.5rem; }
.words strong { color: var(--ink); font-weight: 600; }
.words .host { color: var(--soft); font-size: .875em; }
.cover { display: block; width: 100%; height: auto; aspect-ratio: 1200 / 630; margin: .9rem 0 1.25rem; border-radius: .6rem; background: var(--field); color: var(--soft); font-size: .875rem; object-fit: cover; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin-top: 1rem; font-size: .9375rem; }
th, td { padding: .4rem 0; text-align: start; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .8125rem; padding-top: 0; }
th:last-child, td:last-child { text-align: end; padding-inline-start: 1rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody tr, tfoot tr:first-child, tfoot tr:last-child { border-top: 1px solid var(--line); }
tfoot tr:last-child > * { font-weight: 600; }
td small { display: block; color: var(--soft); font-size: .8125rem; }
.button { display: block; width: 100%; min-height: 2.9rem; padding: .65rem 1rem; border: 1px solid var(--accent); border-radius: .6rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.button.quiet { background: transparent; color: var(--accent); }
.button:hover { filter: brightness(1.08); }
.button[aria-disabled="true"] { cursor: progress; opacity: .7; }
form { margin-top: 1.1rem; }
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
.entry { margin-bottom: 1.25rem; }
.entry > label:not(.option), legend { display: block; margin-bottom: .4rem; padding: 0; font-weight: 600; }
input:not([type="radio"]) { width: 100%; min-height: 2.9rem; padding: .5rem .85rem; border: 1px solid var(--edge); border-radius: .6rem; background: var(--field); color: var(--ink); font: inherit; font-size: 1.125rem; font-variant-numeric: tabular-nums; }
[aria-invalid="true"]:is(input) { border-color: var(--bad); }
.entry .fault, .entry .hint { margin-top: .35rem; }
fieldset .fault { margin-bottom: .5rem; }
.fault + .button, .state .button { margin-top: .6rem; }
.state + p > .button { margin-top: 1.1rem; }
.presets { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem; padding: 0; list-style: none; }
.presets a { display: block; min-height: 2.25rem; padding: .3rem .9rem; border: 1px solid var(--edge); border-radius: 2rem; color: var(--ink); font-variant-numeric: tabular-nums; text-decoration: none; }
.presets a:hover { border-color: var(--accent); }
.presets a[aria-current] { border-color: var(--accent); color: var(--accent); font-weight: 600; box-shadow: inset 0 0 0 1px var(--accent); }
.option { display: flex; gap: .75rem; align-items: center; min-height: 2.9rem; padding: .5rem .85rem; border: 1px solid var(--edge); border-radius: .6rem; cursor: pointer; }
.option + .option { margin-top: .5rem; }
.option:hover { border-color: var(--accent); }
.option:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.option input { flex: none; width: 1.15rem; height: 1.15rem; margin: 0; accent-color: var(--accent); }
.option .label { margin-inline-start: .35rem; }
.others { margin-top: 1.5rem; }
h2 + .others { margin: 0 0 1.75rem; }
.others p + p, .others h2 + p { margin-top: .4rem; }
.leave { margin-top: 1.1rem; }
.leave .hint { text-align: center; overflow-wrap: anywhere; }
.stay { display: block; margin: .5rem auto 0; }
.words.marked { white-space: normal; }
textarea { display: block; width: 100%; padding: .5rem .85rem; border: 1px solid var(--edge); border-radius: .6rem; background: var(--field); color: var(--ink); font: inherit; font-size: 1.0625rem; resize: vertical; }
[aria-invalid="true"]:is(textarea) { border-color: var(--bad); }
.entry .label { font-weight: 400; }
fieldset > .entry { margin-bottom: .85rem; }
.good { display: flex; gap: 1rem; align-items: center; justify-content: space-between; padding: .6rem 0; border-top: 1px solid var(--line); }
.goods legend + .good { border-top: 0; }
div.goods { margin-top: .75rem; }
div.goods > .good:first-child { border-top: 0; }
.good .about { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.good .about label { display: block; font-weight: 400; }
.good .words { margin-top: .15rem; color: var(--soft); font-size: .875rem; }
.good .pic { flex: none; align-self: start; width: 4.5rem; height: 4.5rem; border-radius: .45rem; background: var(--field); object-fit: cover; }
.good .label { display: block; font-variant-numeric: tabular-nums; }
.good input[type="number"] { flex: none; width: 6rem; }
.good input[type="checkbox"] { flex: none; width: 1.35rem; height: 1.35rem; min-height: 0; margin: .75rem; accent-color: var(--accent); }
.good.closed .about { opacity: .75; text-decoration: line-through; }
.search { display: flex; gap: .5rem; margin: .5rem 0 .75rem; }
.search input { flex: 1; min-width: 0; }
.hint { margin-top: .5rem; color: var(--soft); font-size: .875rem; }
.qr { margin: 1.25rem auto; width: min(100%, 18rem); }
.qr img { display: block; width: 100%; height: auto; border-radius: .6rem; background: #fff; border: 1px solid var(--line); }
.qr figcaption { margin-top: .4rem; text-align: center; }
.fields { margin-top: 1.25rem; }
.field { padding: .6rem 0; border-top: 1px solid var(--line); }
.field dt { color: var(--soft); font-size: .875rem; }
.field dd { display: flex; gap: .75rem; align-items: center; justify-content: space-between; }
code { font: .875rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; min-width: 0; }
.copy { flex: none; min-width: 4.75rem; min-height: 2.25rem; padding: .2rem .7rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--field); color: var(--ink); font: inherit; font-size: .875rem; cursor: pointer; }
.copy:hover { border-color: var(--soft); }
.warning { margin: .4rem 0 .25rem; padding: .6rem .8rem; border-radius: .5rem; background: var(--note-ground); color: var(--note); font-size: .9375rem; }
#pay-blocked { margin-bottom: 1rem; }
.fault { margin-top: .75rem; color: var(--bad); font-weight: 600; }
footer { max-width: 58rem; margin: 0 auto; padding: 0 1.5rem 2rem; color: var(--soft); font-size: .8125rem; text-align: center; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, button:focus-visible, h1:focus-visible, input:focus-visible, textarea:focus-visible, .option:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .4rem; }
h1:focus:not(:focus-visible) { outline: none; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: no-preference) { .button, .copy, .option, .presets a { transition: filter .15s, border-color .15s; } }
@media print { .button, .copy, .test, .hint { display: none !important; } body { background: none; } }
`.trim();
