/// The style of the viewer.
enum ViewerStyle {
    static let sheet = #"""
        .viewer { display: grid; grid-template-columns: 232px minmax(0, 1fr); gap: 12px; min-height: 0 }
        .side { display: flex; flex-direction: column; min-height: 0; gap: 8px }
        .side .field { flex: none } .side .field select { flex: 1 }
        .list-head { display: flex; justify-content: space-between; color: var(--muted); padding: 0 2px }
        .targets { flex: 1 1 0; min-height: 84px; overflow-y: auto; background: var(--surface); border: 1px solid var(--line);
          border-radius: 8px; padding: 4px }
        .target { display: grid; grid-template-columns: 10px minmax(0, 1fr) auto; align-items: baseline; gap: 0 8px;
          padding: 4px 7px; border-radius: 5px; cursor: pointer }
        .target:hover { background: var(--raised) }
        .target[aria-selected="true"] { background: var(--selected) }
        .target .chip { width: 10px; height: 10px; border-radius: 3px; align-self: center }
        .target .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
        .target .figure { font-variant-numeric: tabular-nums }
        .target .note { grid-column: 2 / 4; color: var(--muted); font-size: 12px; overflow-wrap: anywhere }
        .target.silent .name, .target.silent .figure { color: var(--muted) }
        .targets .empty { color: var(--muted); padding: 6px 7px }
        .stage { display: flex; flex-direction: column; gap: 8px; min-width: 0; min-height: 0 }
        .toolbar, .pickers { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px }
        .group { display: inline-flex; gap: 4px; margin-left: auto } .group [data-part="zoom"] { min-width: 56px }
        .group [data-action="sideBySide"] { margin-left: 8px }
        .field, .check { display: inline-flex; align-items: center; gap: 6px; color: var(--muted); min-width: 0 }
        .field select { color: var(--ink); min-width: 0; max-width: 190px; text-overflow: ellipsis }
        .field input[type="range"] { width: 76px } .field output { min-width: 34px; font-variant-numeric: tabular-nums }
        .check { cursor: pointer; gap: 5px; white-space: nowrap }
        .panels { flex: 1; display: grid; grid-template-columns: minmax(0, 1fr); column-gap: 12px; min-height: 0 }
        .pickers { align-self: start } .panels { grid-template-rows: auto minmax(0, 1fr) auto auto }
        .panels.double { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) }
        .panel { display: grid; grid-template: subgrid / minmax(0, 1fr); grid-row: span 4; row-gap: 7px; min-height: 0; align-content: start; background: var(--surface);
          border: 1px solid var(--line); border-radius: 8px; padding: 9px }
        .double .panel.active { border-color: var(--accent) }
        .frame { position: relative; min-height: 200px; background: var(--stage); border-radius: 5px; overflow: hidden }
        .canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; cursor: crosshair; touch-action: none }
        .canvas:focus-visible { outline-offset: -2px } .canvas.over { cursor: pointer } .canvas.dragging { cursor: grabbing }
        .marker { position: absolute; left: 0; top: 0; width: 13px; height: 13px; margin: -6.5px 0 0 -6.5px; border-radius: 50%;
          border: 1.5px solid #fff; box-shadow: 0 0 0 1.5px rgba(0, 0, 0, .65); pointer-events: none }
        .words { position: absolute; left: 10px; right: 10px; bottom: 10px; padding: 7px 11px; border-radius: 6px;
          background: var(--surface); border: 1px solid var(--line); color: var(--ink) }
        .scale { min-height: 29px } .scale.nothing > * { visibility: hidden }
        .bar { display: block; width: 100%; height: 10px; border-radius: 3px }
        .ticks { display: grid; grid-template-columns: 1fr 1fr 1fr; font-size: 12px; font-variant-numeric: tabular-nums;
          padding-top: 2px; color: var(--muted) }
        .ticks :nth-child(2) { text-align: center } .ticks :nth-child(3) { text-align: right }
        .caption { display: flex; justify-content: space-between; gap: 12px; min-height: 19px; color: var(--muted) }
        .caption > :first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0 }
        .value { flex: none; color: var(--ink); font-variant-numeric: tabular-nums }
        .readout { display: flex; justify-content: space-between; gap: 16px; min-height: 19px; color: var(--muted);
          font-variant-numeric: tabular-nums; padding: 0 2px }
        .readout > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
        dialog { background: var(--surface); color: var(--ink); border: 1px solid var(--line); border-radius: 10px; padding: 18px 22px;
          max-width: 540px } dialog::backdrop { background: rgba(0, 0, 0, .45) }
        dl { display: grid; grid-template-columns: auto 1fr; gap: 5px 18px; margin: 0 0 14px } dd { margin: 0; color: var(--muted) }
        dt { white-space: nowrap } kbd { font: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 4px;
          padding: 0 5px; min-width: 20px; display: inline-block; text-align: center }
        @media (max-width: 1000px) {
          .viewer { grid-template-columns: minmax(0, 1fr) }
          .side { order: 1 } .targets { flex: none; max-height: 190px }
        }
        @media (max-width: 640px) { .panels, .panels.double { grid-template-columns: minmax(0, 1fr); grid-template-rows: none } }
        """#

    /// The style of a viewer that is the whole page: it fills the window if there is room.
    static let wholePage = #"""
        .viewer { padding: 0 16px 14px }
        @media (min-width: 1001px) and (min-height: 600px) {
          body { height: 100vh; display: flex; flex-direction: column } .viewer { flex: 1 }
        }
        @media (max-width: 1000px), (max-height: 599px) { .frame { aspect-ratio: var(--aspect); max-height: 64vh } }
        """#

    /// The style of a viewer that is a part of a page.
    static let part = #"""
        .viewer { height: 680px; max-height: 92vh }
        @media (max-width: 1000px) { .viewer { height: auto; max-height: none } .frame { aspect-ratio: var(--aspect); max-height: 64vh } }
        """#
}
