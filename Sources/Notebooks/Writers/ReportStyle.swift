/// The look of a report.
///
/// One column of text at a readable measure, tables that may be wider, light and dark by the reader's own
/// setting, and a print form. No picture, font or script is loaded.
enum ReportStyle {
  static let css = """
    :root{color-scheme:light dark;--bg:#fff;--fg:#1d2126;--soft:#5b6570;--line:#d9dee3;--rule:#1d2126;--wash:#f5f7f8;\
    --link:#145a8d;--mark:#fff1b8;--mark2:#d8ecd9;--mark3:#dbe7f8;--mark4:#f6dfe6;--bad:#a3262a;\
    --serif:Charter,"Bitstream Charter","Source Serif 4",Georgia,"DejaVu Serif",serif;\
    --sans:"Source Sans 3","Helvetica Neue",Helvetica,Arial,"DejaVu Sans",sans-serif;\
    --mono:"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;\
    --chart-ink:var(--fg);--chart-soft:var(--soft);--chart-grid:var(--line);--chart-paper:var(--bg)}
    @media (prefers-color-scheme:dark){:root{--bg:#14181c;--fg:#e3e7ea;--soft:#98a3ad;--line:#333b43;--rule:#7c8791;\
    --wash:#1c2228;--link:#86bde6;--mark:#574a12;--mark2:#23462a;--mark3:#1f3a5c;--mark4:#542838;--bad:#f08a8d}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0 auto;max-width:61rem;padding:3rem 1.5rem 4rem;background:var(--bg);color:var(--fg);\
    font:1.0625rem/1.6 var(--serif);text-rendering:optimizeLegibility;overflow-wrap:break-word}
    main>*,header>*,.evidence>*,.colophon>*{max-width:42rem}
    main>.cell,main>.cells{max-width:none}
    h1,h2,h3,h4,th,.facts,.note,summary,figcaption,cite,small,.colophon,.why{font-family:var(--sans)}
    h1{font-size:2.1rem;line-height:1.15;margin:0 0 .6rem;letter-spacing:-.015em;text-wrap:balance}
    h2{font-size:1.35rem;line-height:1.3;margin:2.75rem 0 .6rem;text-wrap:balance}
    h3{font-size:1.05rem;margin:1.75rem 0 .4rem}
    p,ul,ol,blockquote{margin-top:0;margin-bottom:1rem}
    a{color:var(--link);text-decoration-thickness:.06em;text-underline-offset:.15em}
    a:focus-visible,summary:focus-visible,.table:focus-visible{outline:.15rem solid var(--link);outline-offset:.1rem}
    code,pre{font-family:var(--mono);font-size:.84em}
    pre{margin:0 0 1rem;padding:.75rem 1rem;background:var(--wash);border-radius:.3rem;white-space:pre-wrap;\
    overflow-wrap:anywhere;line-height:1.45}
    pre.error{white-space:pre;overflow-x:auto}
    pre code{font-size:inherit}
    p code,li code,td code{background:var(--wash);padding:.08em .3em;border-radius:.2rem}
    blockquote{margin-left:0;padding-left:1rem;border-left:.2rem solid var(--line);color:var(--soft)}
    img{max-width:100%;height:auto}
    header{border-bottom:2px solid var(--rule);margin-bottom:1.75rem;padding-bottom:.9rem}
    header h1{margin-bottom:.35rem}
    .facts{font-size:.85rem;color:var(--soft);margin:0}
    .facts span+span::before{content:"·";margin:0 .5em}
    .facts b{color:var(--fg);font-weight:600}
    .value{font-variant-numeric:tabular-nums}
    a.value{color:inherit;text-decoration:underline dotted var(--link);text-underline-offset:.2em}
    .values{list-style:none;padding:0;margin:.5rem 0 0}
    .values code{margin:0 .3em;background:none;color:var(--soft);padding:0}
    .cell{margin:1.25rem 0 1.75rem}
    .table{overflow-x:auto;margin:0 0 .5rem}
    table{border-collapse:collapse;min-width:min(100%,42rem);font-size:.9rem;line-height:1.4;\
    font-variant-numeric:tabular-nums lining-nums}
    th{text-align:left;font-size:.78rem;font-weight:600;color:var(--soft);vertical-align:bottom;white-space:nowrap}
    th,td{padding:.4rem 1.4rem .4rem 0;border-bottom:1px solid var(--line)}
    th:last-child,td:last-child{padding-right:0}
    thead th{border-bottom:1px solid var(--rule)}
    tbody tr:last-child td{border-bottom-color:var(--rule)}
    td{vertical-align:top;max-width:30rem}
    th button{all:unset;cursor:pointer}
    th button:hover{color:var(--fg)}
    th button:focus-visible{outline:.15rem solid var(--link);outline-offset:.1rem}
    th[aria-sort=ascending] button::after{content:" ▲";font-size:.8em}
    th[aria-sort=descending] button::after{content:" ▼";font-size:.8em}
    td.x{min-width:15rem}
    td.i{font:.82rem/1.5 var(--sans);overflow-wrap:anywhere;min-width:9rem}
    th.n,td.n{text-align:right}
    td.t{white-space:nowrap}
    .null{color:var(--soft)}
    td.why,th.why{position:sticky;right:0;background:var(--bg);padding-left:.6rem}
    td.why{font-size:.82rem;white-space:nowrap}
    td.why details[open]{white-space:normal;max-width:14rem}
    td.why a{margin-right:.35em}
    tbody tr:target td,li:target{background:var(--mark)}
    .note{font-size:.82rem;color:var(--soft);margin:0 0 .6rem}
    .error{border-left:.25rem solid var(--bad)}
    .chart{margin:0 0 .5rem}
    .chart .narrow{display:none}
    .chart a:focus-visible>*,.chart a:hover>*{filter:brightness(1.2);stroke:var(--fg);stroke-width:1.5}
    figcaption{font-size:.98rem;font-weight:600;margin-bottom:.3rem}
    summary{cursor:pointer;font-size:.82rem;color:var(--soft)}
    summary:hover{color:var(--fg)}
    details.query pre,details.data .table{margin-top:.4rem}
    .why summary{font-size:inherit;color:var(--link)}
    .evidence{margin-top:4rem;border-top:2px solid var(--rule);font-size:.95rem}
    .evidence h2{margin-top:1rem}
    .evidence article{margin-top:1.75rem}
    .evidence h3{margin:0}
    .evidence .facts{margin:0 0 .5rem}
    .evidence ol{padding-left:2.6rem;margin:0}
    .evidence li{margin-bottom:.45rem;padding:.05rem .2rem;scroll-margin-top:5rem}
    .evidence li::marker{color:var(--soft);font-size:.85em;font-family:var(--sans);font-variant-numeric:tabular-nums}
    tr{scroll-margin-top:5rem}
    cite{font-style:normal;font-size:.78rem;color:var(--soft);white-space:nowrap}
    .back{text-decoration:none;font-size:.8rem;font-family:var(--sans)}
    mark{background:var(--mark);color:inherit;border-radius:.15rem;padding:.05em .12em;\
    -webkit-box-decoration-break:clone;box-decoration-break:clone}
    mark.predicate{background:var(--mark2)}
    mark.date{background:var(--mark3)}
    mark.cue{background:var(--mark4)}
    .key{font:.82rem var(--sans);color:var(--soft)}
    .key mark{margin-right:.6em;color:var(--fg)}
    .colophon{margin-top:4rem;padding-top:.5rem;border-top:2px solid var(--rule);font-size:.82rem;color:var(--soft)}
    .colophon h2{font-size:1rem;margin-top:.5rem;color:var(--fg)}
    .colophon dl{margin:0 0 1rem}
    .colophon dl div{display:grid;grid-template-columns:11rem 1fr;gap:.75rem;padding:.1rem 0}
    .colophon dt{font-weight:600}
    .colophon dd{margin:0;overflow-wrap:anywhere}
    @media (max-width:42rem){body{padding:1.5rem 1rem 3rem;font-size:1rem}h1{font-size:1.6rem}\
    th,td{padding-right:.9rem}td.x{min-width:13rem}\
    .chart .wide{display:none}.chart .narrow{display:block}\
    .colophon dl div{grid-template-columns:1fr;gap:0;padding-bottom:.4rem}}
    @media print{@page{margin:18mm 16mm}:root{--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--rule:#000;--wash:#f4f4f4;\
    --link:#000;--mark:#eee;--mark2:#eee;--mark3:#eee;--mark4:#eee}body{padding:0;font-size:10pt;max-width:none}\
    .chart .wide{display:block}.chart .narrow{display:none}.table{overflow:visible}\
    thead{display:table-header-group}tr,li,figure{break-inside:avoid}h1,h2,h3{break-after:avoid}\
    details.query,.back,summary{display:none}.why{position:static}a{text-decoration:none}table{font-size:8.5pt}.evidence{break-before:page;font-size:9pt}}

    """
}
