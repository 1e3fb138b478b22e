/// The style sheets of pages: files of `Resources`, which are embedded in the program.
enum StyleSheet {
    /// All pages. It lists the dark colours twice, for dark systems and for dark by choice, since CSS has no selector for either.
    static let page = EmbeddedFile.text(of: PackageResources.page_css)
    /// Reports.
    static let report = EmbeddedFile.text(of: PackageResources.report_css)
    /// The viewer.
    static let viewer = EmbeddedFile.text(of: PackageResources.viewer_css)
    /// A viewer that is the whole page: it fills the window if there is room.
    static let viewerAsPage = EmbeddedFile.text(of: PackageResources.viewer_as_page_css)
    /// A viewer that is a part of a page.
    static let viewerInPage = EmbeddedFile.text(of: PackageResources.viewer_in_page_css)
}
