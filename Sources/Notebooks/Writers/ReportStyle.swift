/// The look of a report.
///
/// One column of text at a readable measure, tables that may be wider, light and dark by the reader's own
/// setting, and a print form. No picture, font or script is loaded.
enum ReportStyle {
  static let css = """
    :root{color-scheme:light dark;--bg:#fff;--fg:#1d2126;--soft:#5b6570;--line:#d9dee3;--wash:#f5f7f8;\
    --link:#145a8d;--mark:#fff1b8;--mark2:#d8ecd9;--mark3:#dbe7f8;--mark4:#f6dfe6;--bad:#a3262a}
    @media (prefers-color-scheme:dark){:root{--bg:#14181c;--fg:#e3e7ea;--soft:#98a3ad;--line:#333b43;\
    --wash:#1c2228;--link:#86bde6;--mark:#574a12;--mark2:#23462a;--mark3:#1f3a5c;--mark4:#542838;--bad:#f08a8d}}
    *{box-sizing:border-box}
    body{margin:0;padding:2.5rem 1.25rem 4rem;background:var(--bg);color:var(--fg);\
    font:1.0625rem/1.6 Charter,"Bitstream Charter","Source Serif 4",Georgia,"DejaVu Serif",serif;\
    text-rendering:optimizeLegibility;overflow-wrap:break-word}
    header,main>*,.evidence,.colophon{max-width:44rem;margin-left:auto;margin-right:auto}
    main>.cell{max-width:62rem}
    h1,h2,h3,h4,th,.chip,.note,summary,figcaption,cite,small,.colophon{\
    font-family:"Source Sans 3","Helvetica Neue",Helvetica,Arial,"DejaVu Sans",sans-serif}
    h1{font-size:2rem;line-height:1.2;margin:0 auto .75rem;letter-spacing:-.01em}
    h2{font-size:1.35rem;line-height:1.3;margin:2.5rem auto .6rem}
    h3{font-size:1.05rem;margin:1.75rem auto .4rem}
    p,ul,ol,blockquote{margin-top:0;margin-bottom:1rem}
    a{color:var(--link);text-decoration-thickness:.06em;text-underline-offset:.15em}
    code,pre{font-family:"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.84em}
    pre{margin:0 0 1rem;padding:.75rem 1rem;background:var(--wash);border-radius:.3rem;overflow-x:auto;line-height:1.45}
    pre code{font-size:inherit}
    p code,li code,td code{background:var(--wash);padding:.08em .3em;border-radius:.2rem}
    blockquote{padding-left:1rem;border-left:.2rem solid var(--line);color:var(--soft)}
    img,svg{max-width:100%;height:auto}
    .chip{display:inline-block;font-size:.85rem;padding:.1rem .6rem;border:1px solid var(--line);border-radius:1rem}
    .chip b{font-weight:600;color:var(--soft);margin-right:.2rem}
    .value{font-variant-numeric:tabular-nums}
    .cell{margin:1.5rem auto}
    .table{overflow-x:auto;margin:0 0 .4rem}
    table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4;font-variant-numeric:tabular-nums}
    th{text-align:left;font-size:.78rem;font-weight:600;color:var(--soft);vertical-align:bottom;white-space:nowrap}
    th,td{padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--line)}
    thead th{border-bottom:2px solid var(--line)}
    td{vertical-align:top;min-width:3.5rem;max-width:30rem}
    th.n,td.n{text-align:right}
    td.t{white-space:nowrap}
    th.n,td.n,th.t,td.t{padding-right:1.2rem}
    .why{font-size:.82rem;padding-right:0;min-width:5rem;font-family:"Helvetica Neue",Helvetica,Arial,"DejaVu Sans",sans-serif}
    tbody tr:target,li:target{background:var(--mark)}
    .note{font-size:.82rem;color:var(--soft);margin:0 0 .6rem}
    .error{border-left:.25rem solid var(--bad)}
    .chart{margin:0 0 .5rem}
    figcaption{font-size:.95rem;font-weight:600;margin-bottom:.4rem}
    .bars{background:none;padding:0;line-height:1.35}
    summary{cursor:pointer;font-size:.82rem;color:var(--soft)}
    details.query pre,details.data .table{margin-top:.4rem}
    .why summary{font-size:inherit;color:var(--link)}
    .evidence{margin-top:4rem;border-top:2px solid var(--line);font-size:.95rem}
    .evidence h3{margin-top:1.5rem}
    .evidence small{font-weight:400;color:var(--soft);margin-left:.3rem}
    .evidence ol{padding-left:2.4rem;margin:0}
    .evidence li{margin-bottom:.4rem}
    .evidence li::marker{color:var(--soft);font-size:.85em}
    cite{font-style:normal;font-size:.78rem;color:var(--soft);margin-left:.25rem}
    .back{text-decoration:none;font-size:.8rem}
    mark{background:var(--mark);color:inherit;border-radius:.15rem;padding:0 .1em}
    mark.predicate{background:var(--mark2)}
    mark.date{background:var(--mark3)}
    mark.cue{background:var(--mark4)}
    .colophon{margin-top:4rem;padding-top:.5rem;border-top:2px solid var(--line);font-size:.82rem;color:var(--soft)}
    .colophon h2{font-size:1rem}
    .colophon dl{margin:0}
    .colophon dl div{display:grid;grid-template-columns:11rem 1fr;gap:.75rem;padding:.1rem 0}
    .colophon dt{font-weight:600}
    .colophon dd{margin:0;overflow-wrap:anywhere}
    @media (max-width:40rem){body{padding-top:1.5rem;font-size:1rem}h1{font-size:1.6rem}\
    .colophon dl div{grid-template-columns:1fr;gap:0;padding-bottom:.4rem}}
    @media print{@page{margin:18mm 16mm}:root{--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--wash:#f4f4f4;--link:#000;\
    --mark:#eee;--mark2:#eee;--mark3:#eee;--mark4:#eee}body{padding:0;font-size:10pt}\
    header,main>*,main>.cell,.evidence,.colophon{max-width:none}.table{overflow:visible}\
    thead{display:table-header-group}tr,li,figure{break-inside:avoid}h1,h2,h3{break-after:avoid}\
    details.query,.back{display:none}a{text-decoration:none}table{font-size:8.5pt}.evidence{break-before:page;font-size:9pt}}

    """
}
