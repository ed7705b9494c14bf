/** The page has no other file: its style is inline, and the policy allows exactly this text by its hash. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8882;font:16px/1.5 system-ui,sans-serif}
body{margin:0;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;box-sizing:border-box;border-right:1px solid var(--line);font-size:.875rem}
nav ul{list-style:none;padding:0;margin:0 0 1rem}
nav a{color:inherit;text-decoration:none;display:block;padding:.125rem 0}
nav a:hover,nav a:focus-visible{text-decoration:underline}
main{padding:1rem 2rem 6rem;max-width:60rem}
section,article{border-top:1px solid var(--line);margin-top:2rem}
article{margin-top:1.5rem}
h3 code{font-size:1rem}
pre{background:var(--soft);padding:.75rem;overflow:auto;font-size:.8125rem;border-radius:.25rem}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}
td:nth-child(-n+2){white-space:nowrap}
p code,li{overflow-wrap:anywhere}
details{margin:.5rem 0}
summary{cursor:pointer}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;max-height:40vh;border:0;border-bottom:1px solid var(--line)}main{padding:1rem}table{display:block;overflow-x:auto}}
`;
