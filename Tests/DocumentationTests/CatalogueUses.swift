import Testing

/// The uses in the targets' documentation catalogues, compiled and run. `CatalogueTests` compares their texts with the catalogues'.
@Suite("Uses in the documentation catalogues") struct CatalogueUses {}
