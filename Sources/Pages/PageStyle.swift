/// What all pages look like.
enum PageStyle {
    static let common = ""
}
