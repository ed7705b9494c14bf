/** The page has no other file: its style is inline, and the policy allows exactly this text by its hash. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1b1b1b;--link:#0b4fb3;--line:#c9c9c9;--soft:#f2f2f2;font:16px/1.5 system-ui,sans-serif}
@media(prefers-color-scheme:dark){:root{--ground:#141414;--ink:#ececec;--link:#9cc3ff;--line:#4a4a4a;--soft:#222}}
body{margin:0;display:grid;grid-template-columns:17rem minmax(0,1fr);background:var(--ground);color:var(--ink)}
a{color:var(--link)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;box-sizing:border-box;border-right:1px solid var(--line);font-size:.875rem}
nav ul{list-style:none;padding:0;margin:0 0 1rem}
nav a{color:inherit;text-decoration:none;display:block;padding:.25rem 0}
nav a:hover,nav a:focus-visible{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
main{padding:1rem 2rem 6rem;max-width:60rem;min-width:0}
section,article{border-top:1px solid var(--line);margin-top:2rem}
article{margin-top:1.5rem}
h3 code{font-size:1rem}
code{background:var(--soft);border-radius:.125rem}
pre{background:var(--soft);padding:.75rem;font-size:.8125rem;border-radius:.25rem;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.875rem;table-layout:fixed}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600}
p,li,h3,summary{overflow-wrap:anywhere}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.25rem 0}
@media(max-width:50rem){
body{display:block}
nav{position:static;height:auto;max-height:40vh;border:0;border-bottom:1px solid var(--line)}
main{padding:1rem}
thead{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}
table,tbody,tr,td{display:block}
tr{border-bottom:1px solid var(--line);padding:.25rem 0}
td{border:0;padding:.125rem 0}
}
`;
