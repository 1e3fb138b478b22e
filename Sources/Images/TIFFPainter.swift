/// Builds an image from a TIFF's samples as they arrive.
struct TIFFPainter {
    private let layout: TIFFLayout
    private let samples: TIFFSamples
    private let palette: [(UInt8, UInt8, UInt8)]
    private let range: TIFFRange
    /// Colours and opacity of each pixel, 8 bits each; a palette index takes two bytes.
    private var channels: [UInt8] = []
    private let channelCount: Int
    /// Grey whose range is known only after all samples have arrived.
    private var wideGray: [Float] = []

    private var isWideGray: Bool {
        (layout.color == .gray || layout.color == .whiteIsZero) && (layout.bitCount > 8 || layout.number != .unsigned)
    }

    init(_ layout: TIFFLayout, _ handle: TIFFHandle, path: String) throws(ImageError) {
        self.layout = layout
        samples = TIFFSamples(layout)
        range = layout.number == .real ? TIFFRange(bitCount: 1) : TIFFRange(bitCount: layout.bitCount)
        if layout.color == .palette {
            guard let colors = handle.palette(count: 1 << layout.bitCount) else {
                throw .corrupt(path: path, reason: "it has no palette")
            }
            // Some programs write 8-bit values where 16 bits are required.
            let shift: UInt16 = colors.contains { max($0.0, $0.1, $0.2) > 255 } ? 8 : 0
            palette = colors.map { (UInt8($0.0 >> shift), UInt8($0.1 >> shift), UInt8($0.2 >> shift)) }
        } else {
            palette = []
        }
        channelCount = (layout.color == .palette ? 3 : layout.colorCount) + (layout.opacity == nil ? 0 : 1)
    }

    /// Takes a piece of a row, as passed by ``TIFFRows``.
    mutating func take(_ row: UnsafeRawBufferPointer, row y: Int, column: Int, count: Int, plane: Int) {
        // Memory is allocated once something has been decoded.
        if isWideGray && wideGray.isEmpty { wideGray = [Float](repeating: 0, count: layout.width * layout.height) }
        if channels.isEmpty && (!isWideGray || layout.opacity != nil) {
            channels = [UInt8](repeating: 0, count: channelCount * layout.width * layout.height)
        }
        let sampleCount = layout.isSeparate ? 1 : layout.sampleCount
        let first = y * layout.width + column
        for sample in 0..<sampleCount {
            let number = layout.isSeparate ? plane : sample
            if number == 0 && isWideGray {
                for x in 0..<count { wideGray[first + x] = samples.value(row, x * sampleCount + sample) }
            } else if number == 0 && layout.color == .palette {
                for x in 0..<count {
                    let color = palette[Int(samples.value(row, x * sampleCount + sample))]
                    let place = channelCount * (first + x)
                    (channels[place], channels[place + 1], channels[place + 2]) = color
                }
            } else if number < layout.colorCount || number == layout.opacity?.sample {
                let channel = number < layout.colorCount ? number : channelCount - 1
                take8(row, sample, of: sampleCount, into: channelCount * first + channel, count: count)
            }
        }
    }

    private mutating func take8(
        _ row: UnsafeRawBufferPointer, _ sample: Int, of sampleCount: Int, into start: Int, count: Int
    ) {
        if layout.bitCount == 8 && layout.number == .unsigned {
            for x in 0..<count { channels[start + x * channelCount] = row[x * sampleCount + sample] }
        } else {
            for x in 0..<count {
                channels[start + x * channelCount] = range.byte(samples.value(row, x * sampleCount + sample))
            }
        }
    }

    /// The image, blended with white.
    func image() -> Image {
        let wideRange = isWideGray ? TIFFRange(of: wideGray, number: layout.number) : range
        let pixels = [UInt8](unsafeUninitializedCapacity: 3 * layout.width * layout.height) { target, count in
            count = 3 * layout.width * layout.height
            for pixel in 0..<layout.width * layout.height {
                let place = pixel * channelCount
                var color: (UInt8, UInt8, UInt8)
                switch layout.color {
                case .gray, .whiteIsZero:
                    var gray = isWideGray ? wideRange.byte(wideGray[pixel]) : channels[place]
                    if layout.color == .whiteIsZero { gray = 255 - gray }
                    color = (gray, gray, gray)
                case .rgb, .palette: color = (channels[place], channels[place + 1], channels[place + 2])
                case .cmyk:
                    let light = 255 - Int(channels[place + 3])
                    func ink(_ index: Int) -> UInt8 {
                        UInt8(((255 - Int(channels[place + index])) * light + 127) / 255)
                    }
                    color = (ink(0), ink(1), ink(2))
                }
                if let opacity = layout.opacity {
                    let value = Int(channels[place + channelCount - 1])
                    func seen(_ color: UInt8) -> UInt8 {
                        let own = opacity.isMultiplied ? Int(color) * 255 : Int(color) * value
                        return UInt8(min(255, (own + 255 * (255 - value) + 127) / 255))
                    }
                    color = (seen(color.0), seen(color.1), seen(color.2))
                }
                (target[3 * pixel], target[3 * pixel + 1], target[3 * pixel + 2]) = color
            }
        }
        return Image(width: layout.width, height: layout.height, pixels: pixels)
    }
}
