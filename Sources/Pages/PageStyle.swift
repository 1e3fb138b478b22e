/// The common style of all pages.
enum PageStyle {
    static let common = """
        :root { \(light) }
        @media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { \(dark) } }
        :root[data-theme="dark"] { \(dark) }
        \(elements)
        """

    private static let light = """
        color-scheme: light; --ground: #f4f5f7; --surface: #ffffff; --raised: #eef0f3; --ink: #1a1e24; --muted: #5b6573;
        --line: #dcdfe5; --accent: #2f55c8; --selected: #e3e9fa; --stage: #e6e8ec; --warning: #8a5300; --bad: #b3261e;
        """

    private static let dark = """
        color-scheme: dark; --ground: #121519; --surface: #191d23; --raised: #232830; --ink: #e4e8ee; --muted: #98a2b1;
        --line: #2d333c; --accent: #8cabff; --selected: #26324d; --stage: #0c0e11; --warning: #e3b45c; --bad: #ff8f85;
        """

    private static let elements = #"""
        *, *::before, *::after { box-sizing: border-box }
        [hidden] { display: none !important }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 13px/1.45 system-ui, -apple-system, "Segoe UI",
          Roboto, "Noto Sans", "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100% }
        h1 { font-size: 16px; font-weight: 600; margin: 0; overflow-wrap: anywhere }
        h2 { font-size: 15px; font-weight: 600; margin: 0 0 8px }
        p { margin: 0 } .muted { color: var(--muted) }
        .page-header { display: flex; align-items: center; justify-content: space-between; gap: 16px; padding: 10px 16px }
        .page-header p { overflow-wrap: anywhere } .buttons { display: flex; gap: 8px; flex: none }
        button, select { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line);
          border-radius: 6px; padding: 3px 7px; min-height: 28px; cursor: pointer }
        button:hover, select:hover { border-color: var(--muted) }
        button[aria-pressed="true"] { background: var(--selected); border-color: var(--accent) }
        input[type="range"], input[type="checkbox"] { accent-color: var(--accent); margin: 0 }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
        .notice { padding: 12px 16px; color: var(--warning) }
        """#
}
