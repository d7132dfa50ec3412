/// The form of a key column that no field reads: half-width, without outer blanks, NFC; a date in one of the common written
/// forms as YYYY-MM-DD, a lower-case x after 17 digits as X. So a departure's key is the arrival's, though only the arrival
/// has a field for the day.
enum KeyForm {
    static func apply(to value: inout [UInt8]) {
        _ = TextSteps.nfc(&value)
        _ = TextSteps.idNumber(&value)
        var date = value
        if value.count >= 8, DateForms.common.apply(to: &date) != .failed { value = date }
    }
}
