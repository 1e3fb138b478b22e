/// The style of reports.
enum ReportStyle {
    static let sheet = #"""
        .page-header, main { max-width: 1280px; margin: 0 auto; padding-left: 20px; padding-right: 20px }
        .page-header { padding-top: 20px; padding-bottom: 4px } .page-header h1 { font-size: 22px }
        section { margin: 18px 0 30px } section > p { color: var(--muted); margin: 0 0 12px; max-width: 88ch }
        h2 { font-size: 17px } h3 { font-size: 14px; font-weight: 600; margin: 18px 0 8px }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 10px }
        .cards div { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px }
        .cards b { display: block; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums }
        .cards span { color: var(--muted) }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); gap: 12px }
        figure { margin: 0 } .plot { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 8px }
        .plot svg { display: block; width: 100%; height: auto }
        .scrolling { overflow-x: auto; margin-bottom: 14px }
        table { border-collapse: collapse; background: var(--surface); border: 1px solid var(--line);
          font-variant-numeric: tabular-nums }
        th, td { padding: 4px 12px; text-align: right; border-bottom: 1px solid var(--line); font-weight: 400; white-space: nowrap }
        tr:first-child th { color: var(--muted) } th:first-child { text-align: left }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(370px, 100%), 1fr)); gap: 12px }
        .tile { display: flex; flex-direction: column; padding: 0; overflow: hidden; text-align: left; background: var(--surface);
          border: 1px solid var(--line); border-radius: 8px }
        .tile img { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: contain; background: var(--stage) }
        .tile span { padding: 7px 10px; overflow-wrap: anywhere } .tile i { display: block; font-style: normal; color: var(--muted) }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 12px; color: var(--muted) }
        .legend span { display: inline-flex; align-items: center; gap: 6px }
        .legend b { width: 16px; height: 12px; border: 2.5px solid; border-radius: 2px } .legend .dashed { border-style: dashed }
        summary { cursor: pointer; font-size: 17px; font-weight: 600 }
        pre { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 12px; overflow-x: auto }
        @media print { button, .viewer { display: none } section { break-inside: avoid } }
        """#
}
