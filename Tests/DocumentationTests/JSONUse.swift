import JSON
import Testing

extension CatalogueUses {
    @Test func json() throws {
        let value = try JSONValue(parsing: #"{"name": "shapes", "sizes": [128, 256]}"#)
        let sizes = try value["sizes"].integers()
        let text = JSONValue.object(JSONObject([("sizes", [1, 2]), ("name", "other")])).text()
        #expect(sizes == [128, 256] && text.contains("other"))
    }
}
