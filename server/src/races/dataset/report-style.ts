/** How the report looks: by day and by night, on a phone, a desk and paper. Nothing is fetched, so the page still opens in ten years. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--page:#f7f7f5;--card:#fff;--ink:#1b1d20;--quiet:#5d636b;--line:#dfdfda;--soft:#efefeb;
--good:#17794a;--bad:#b93427;--wait:#8a5d00;--s0:#1b1d20;--s1:#2458c5;--s2:#b25a00;--s3:#007f6d;--s4:#9b2fae;--s5:#c02b4a}
@media(prefers-color-scheme:dark){:root{--page:#121316;--card:#1a1c20;--ink:#e9e9e6;--quiet:#a0a6ae;--line:#30343a;--soft:#24272c;
--good:#55c78f;--bad:#ff8177;--wait:#e2b64a;--s0:#e9e9e6;--s1:#84aaff;--s2:#f2a65a;--s3:#4fd0ba;--s4:#dc8cec;--s5:#ff8aa3}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:66rem;padding:clamp(1.25rem,4vw,3rem) clamp(1rem,4vw,2.5rem);background:var(--page);color:var(--ink);
font:16px/1.55 system-ui,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1{font-size:clamp(1.6rem,4.5vw,2.35rem);line-height:1.15;letter-spacing:-.02em;margin:.35rem 0 .9rem;text-wrap:balance}
h2{font-size:1.2rem;letter-spacing:-.01em;margin:3rem 0 .9rem}h3{font-size:1rem;margin:0;font-weight:600}h4{margin:1rem 0 .3rem;font-size:.9rem}
p{margin:.5rem 0;max-width:44rem}.quiet,figcaption,th{color:var(--quiet)}.small,figcaption,th{font-size:.85rem}
.eyebrow{color:var(--quiet);font-size:.85rem;margin:0}
.promote,.promotable,.passed{--tone:var(--good)}.reject,.inferior,.failed,.abort{--tone:var(--bad)}.inconclusive,.running,.futile,.open{--tone:var(--wait)}
.verdict{border-top:4px solid var(--tone);padding-top:1.1rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1px;margin:1.8rem 0 0;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden}
.figures div{background:var(--card);padding:.9rem 1rem}.figures dt{color:var(--quiet);font-size:.85rem}.figures dd{margin:.15rem 0 0;font-size:clamp(1.1rem,4.6vw,1.35rem);font-weight:600;letter-spacing:-.01em}
.figures small{display:block;font-size:.85rem;font-weight:400;color:var(--quiet);letter-spacing:0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18.5rem),1fr));gap:1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.2rem}
.card header{display:flex;flex-direction:column-reverse;gap:.15rem}
.fate{color:var(--tone);font-size:.85rem;font-weight:600;white-space:nowrap}.fate::before{content:"";display:inline-block;width:.5rem;height:.5rem;border-radius:50%;background:var(--tone);margin-right:.4rem}
.big{font-size:1.7rem;font-weight:600;letter-spacing:-.02em;margin:.6rem 0 0}.big small{display:block;font-size:.9rem;font-weight:400;letter-spacing:0;color:var(--quiet);margin-bottom:.6rem}
.gates{display:grid;grid-template-columns:auto 1fr auto;gap:.35rem .8rem;align-items:center;margin:.6rem 0 0;font-size:.9rem}
.bar{height:6px;border-radius:3px;background:var(--soft);overflow:hidden}.bar i{display:block;height:100%;background:var(--tone)}.said{color:var(--tone);text-align:right}
svg{display:block;width:100%;height:auto;font:13px system-ui,sans-serif;overflow:visible}svg text{fill:var(--quiet)}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem}figure{margin:0}figcaption{margin-top:.6rem}
.grid{stroke:var(--line)}.axis{stroke:var(--quiet);fill:none}.proof{stroke:var(--ink);stroke-dasharray:2 4}.hull{stroke:var(--quiet);stroke-dasharray:4 4;fill:none}
.zone{fill:var(--bad);opacity:.1}.span{stroke:var(--tone);stroke-width:6;stroke-linecap:round}.mean{fill:var(--card);stroke:var(--tone);stroke-width:3}
.line{fill:none;stroke:var(--c);stroke-width:2.5;stroke-linejoin:round}.too-bad{stroke-dasharray:5 5;stroke-width:1.75}.dot{fill:var(--c)}svg .name{fill:var(--c);font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:4px}
.s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}.s4{--c:var(--s4)}.s5{--c:var(--s5)}
.key{display:inline-block;width:.7rem;height:.7rem;border-radius:3px;background:var(--c);margin-right:.45rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;font-size:.85rem;margin:0 0 .8rem;padding:0;list-style:none}
.table{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}table{border-collapse:collapse;width:100%}
th,td{padding:.55rem .9rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}th{font-weight:500}tr:last-child td{border-bottom:0}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
details{border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:.5rem 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(10.3rem,1fr));gap:.2rem 1rem;align-items:baseline}
summary b{font-weight:500}summary b::before{content:"▸";color:var(--quiet);margin-right:.5rem}[open]>summary b::before{content:"▾"}summary span{font-size:.9rem}.right{color:var(--good)}.wrong{color:var(--bad)}.same{color:var(--quiet)}summary:hover b{text-decoration:underline}
:focus-visible{outline:2px solid var(--s1);outline-offset:2px}
pre{white-space:pre-wrap;background:var(--soft);border-radius:8px;padding:.8rem 1rem;margin:.3rem 0;font:.85rem/1.5 ui-monospace,monospace;max-height:24rem;overflow:auto}
@media(max-width:46rem){.figures{grid-template-columns:1fr 1fr}summary{grid-template-columns:1fr 1fr}summary b{grid-column:1/-1}}
@media(max-width:30rem){td:first-child,th:first-child{max-width:9.5rem;white-space:normal}}
@media print{body{background:#fff}.card,details,figure{break-inside:avoid}}`
