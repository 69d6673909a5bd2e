/** Style of a model card: one column, light and dark, no font and no image from elsewhere. */
export const style = `
:root{color-scheme:light dark;--ink:#1a1d21;--soft:#59616b;--page:#fff;--card:#f5f6f8;--rule:#d9dde2;--good:#0b6e3c;--bad:#b3261e;--warn:#8a5300;
--s0:#1f5fbf;--s1:#c2410c;--s2:#0f766e;--s3:#7e22ce;--s4:#a16207;--s5:#be185d;--s6:#3f6212;--s7:#475569}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a3abb5;--page:#15181c;--card:#1e2227;--rule:#363c44;--good:#5fd18f;--bad:#ff8a80;--warn:#f3b95f;
--s0:#7db3ff;--s1:#ff9d6c;--s2:#5dd6c0;--s3:#cda2ff;--s4:#f2c14e;--s5:#ff8fbd;--s6:#b6d96c;--s7:#b8c4d4}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1.5rem 1rem 4rem;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--rule);padding-bottom:.25rem}
p{margin:.4rem 0;max-width:46rem}.soft,.axis,figcaption,.legend{color:var(--soft)}
.badge{display:inline-block;border:1.5px solid currentColor;border-radius:.3rem;padding:.05rem .5rem;font-weight:600;margin:0 .4rem .3rem 0}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.notice{border-left:4px solid var(--warn);background:var(--card);padding:.6rem .9rem;margin:.8rem 0}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.6rem;margin:1rem 0}dl div{background:var(--card);border-radius:.4rem;padding:.5rem .8rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-weight:600;font-size:1.1rem}
.scroll{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--rule);overflow-wrap:break-word}th{white-space:nowrap}thead th{color:var(--soft);font-weight:500}tbody th{font-weight:600}
code,.mono{overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.85em}
.folds{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1.2rem}figure{margin:0}figcaption{font-size:.9rem}.axis{font-size:.8rem;margin:0}
svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:10px}.grid{stroke:var(--rule)}.zero{stroke:var(--soft)}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}.b0,.b1,.b2,.b3{stroke:var(--soft)}.b0{stroke-dasharray:1 3}.b1{stroke-dasharray:6 3}.b2{stroke-dasharray:6 2 1 2}.b3{stroke-dasharray:2 2}
${Array.from({ length: 8 }, (_, i) => `.s${i}{stroke:var(--s${i})}`).join('')}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;padding:0;margin:.6rem 0;font-size:.9rem}.legend svg{display:inline-block;width:22px;height:8px;margin-right:.4rem;vertical-align:middle}
.words td{min-width:4rem}.words td:nth-child(5){min-width:16rem}.bar{display:inline-block;height:.6rem;background:var(--s0);border-radius:2px;margin-right:.4rem;vertical-align:baseline}
@media print{body{max-width:none}figure{break-inside:avoid}}
`;
