// The version, said in one place.

package enum BatonVersion {
    package static let number = "0.1.0"
    package static let text = "Baton v\(number)"
}
