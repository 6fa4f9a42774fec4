"""The style sheet and the script of the answers page. The script links markers and quotes both ways."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --line: #8884; --hit: #fd6; --link: #0645ad; --bad: #c22; --doubt: #a60; }
@media (prefers-color-scheme: dark) { :root { --link: #8ab4f8; --bad: #f88; --doubt: #fb6; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 Georgia, "Times New Roman", serif; }
main { display: grid; grid-template-columns: minmax(20rem, 1fr) minmax(24rem, 1.3fr); height: 100vh; }
main > * { overflow-y: auto; padding: 1rem 1.5rem 3rem; }
#articles { border-left: 1px solid var(--line); }
h1, h2, h3, .about, .against, .sources, .sign { font-family: system-ui, sans-serif; }
h1 { font-size: .85rem; font-weight: 600; opacity: .7; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 .2rem; }
h3 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 .2rem; }
.about, .gone { font-size: .8rem; opacity: .75; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: .8rem 0; }
.clutter { opacity: .45; }
section, .article { border-bottom: 1px solid var(--line); padding-bottom: 1.2rem; margin-bottom: 1.5rem; }
a { color: var(--link); }
a.marker { font: 600 .75rem/1 system-ui, sans-serif; text-decoration: none; padding: .1rem .3rem;
  margin: 0 .1rem; border: 1px solid var(--line); border-radius: .3rem; vertical-align: .15em; }
a.marker:hover { border-color: currentColor; }
a.marker.on { background: var(--hit); color: #000; }
mark { background: none; color: inherit; border-bottom: 2px dotted var(--hit); }
mark.on, mark:target { background: var(--hit); color: #000; cursor: pointer; }
.prose { overflow-wrap: anywhere; margin: .8rem 0; }
.prose > * { margin: .6rem 0; }
.prose h4 { font: 600 1rem/1.3 system-ui, sans-serif; }
.prose pre { white-space: pre-wrap; padding: .5rem .7rem; border: 1px solid var(--line); }
.prose blockquote { border-left: 3px solid var(--line); padding-left: .7rem; }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: left; vertical-align: top; }
.center { text-align: center; }
.right { text-align: right; }
.unsupported { background: #fa02; }
.contradicted { background: #f003; }
.sign { font-size: .75rem; font-weight: 700; padding: 0 .3rem; border-radius: .3rem; cursor: help;
  border: 1px solid; color: var(--doubt); vertical-align: .15em; }
.sign.no { color: var(--bad); }
u { text-decoration: underline wavy var(--bad) 1px; text-underline-offset: .15em; }
.against { font-size: .85rem; border-left: 3px solid var(--doubt); padding-left: .7rem; margin: .8rem 0; }
.sources { font-size: .8rem; list-style: none; margin: .8rem 0 0; padding: 0; overflow-wrap: anywhere; }
.sources li { margin: .3rem 0; padding-left: 2rem; text-indent: -2rem; }
.sources a.marker { display: inline-block; min-width: 1.6rem; margin: 0 .3rem 0 0; text-indent: 0;
  text-align: center; }
blockquote { margin: .5rem 0 .5rem 1rem; }
@media (max-width: 60rem) {
  main { display: block; height: auto; }
  main > * { padding: 1rem; }
  #articles { border: 0; border-top: 3px solid var(--line); }
}
"""

SCRIPT = """
const highlight = (marker) => {
  document.querySelectorAll(".on").forEach(element => element.classList.remove("on"));
  marker.classList.add("on");
  const marks = document.getElementsByClassName(marker.dataset.quote);
  for (const mark of marks) mark.classList.add("on");
  return marks;
};
document.addEventListener("click", event => {
  const marker = event.target.closest("a.marker");
  if (marker) {
    event.preventDefault();
    const marks = highlight(marker);
    if (marks.length) marks[0].scrollIntoView({ block: "center", behavior: "smooth" });
    return;
  }
  const active = document.querySelector("a.marker.on");
  if (!active || !event.target.closest("mark.on")) return;
  active.scrollIntoView({ block: "center", behavior: "smooth" });
});
"""
