import CWorkbook
import Campaigns
import Platform

/// An Excel workbook while it is written (libxlsxwriter): beside its name, mode 0600, renamed when it is whole.
///
/// Rows go to the disk as they come, so they must be written from the top downwards; memory does not grow with them.
/// Texts are written as texts, never as formulas. A workbook that is given up before `finish` leaves no file.
@safe struct Workbook: ~Copyable {
  /// How a cell is shown.
  enum Style: Int, CaseIterable {
    case plain, header, title, count, amount
  }

  /// A sheet of one workbook, by its place.
  struct Sheet {
    fileprivate var index: Int
  }

  /// Excel's bound, the header included.
  static let mostRows = 1_048_576
  /// Bytes of a cell's text; Excel takes 32,767 characters.
  private static let mostBytes = 32_000

  private let path: String
  private let beside: String
  private let workbook: UnsafeMutablePointer<lxw_workbook>
  private var sheets: [UnsafeMutablePointer<lxw_worksheet>]
  private var formats: [UnsafeMutablePointer<lxw_format>?]
  private var text = ByteBuffer()
  private var isClosed = false

  init(path: String) throws(RunError) {
    self.path = path
    beside = path + ".part"
    let beside = beside
    try onOutput { () throws(FileError) in
      try Files.remove(beside)
      // The library opens what is there, so that the mode stays 0600.
      try File(beside, .write).close()
    }
    let folder = Files.parent(of: path)
    let opened = unsafe folder.withCString { folder in
      var options = unsafe lxw_workbook_options()
      unsafe options.constant_memory = 1
      unsafe options.use_zip64 = 1
      // What is written row by row lies beside the result, not on a small /tmp.
      unsafe options.tmpdir = UnsafeMutablePointer(mutating: folder)
      return unsafe workbook_new_opt(beside, &options)
    }
    guard let opened = unsafe opened else {
      throw RunError(.gatewayStopped, Diagnostic("cannot begin a workbook", at: Place(file: path)))
    }
    unsafe workbook = opened
    unsafe sheets = []
    unsafe formats = []
    for style in Style.allCases { unsafe formats.append(Self.format(style, opened)) }
  }

  deinit {
    guard !isClosed else { return }
    unsafe lxw_workbook_free(workbook)
    // What is not finished is not to be seen; that it cannot be removed has no one to be told to.
    try? Files.remove(beside)
  }

  private static func format(
    _ style: Style, _ workbook: UnsafeMutablePointer<lxw_workbook>
  ) -> UnsafeMutablePointer<lxw_format>? {
    guard style != .plain, let format = unsafe workbook_add_format(workbook) else { return nil }
    switch style {
    case .plain: break
    case .header:
      unsafe format_set_bold(format)
      unsafe format_set_bg_color(format, 0xE8EEF4)
      unsafe format_set_bottom(format, UInt8(LXW_BORDER_THIN.rawValue))
    case .title:
      unsafe format_set_bold(format)
      unsafe format_set_font_size(format, 14)
    case .count: unsafe format_set_num_format(format, "#,##0")
    case .amount: unsafe format_set_num_format(format, "#,##0.00##########")
    }
    return unsafe format
  }

  // MARK: - Sheets and cells

  /// - Parameter name: at most 31 characters, none of `[]:*?/\`.
  mutating func addSheet(_ name: String) throws(RunError) -> Sheet {
    guard let sheet = unsafe workbook_add_worksheet(workbook, name) else {
      throw RunError(.internalError, Diagnostic("cannot add the sheet '\(name)'", at: Place(file: path)))
    }
    unsafe sheets.append(sheet)
    return unsafe Sheet(index: sheets.count - 1)
  }

  /// Writes a text; whatever it begins with, it is none but a text.
  mutating func write(
    _ bytes: borrowing Span<UInt8>, _ sheet: Sheet, row: Int, column: Int, _ style: Style = .plain
  ) {
    text.clear()
    var end = min(bytes.count, Self.mostBytes)
    // A character is not cut in two.
    while end > 0, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    text.append(bytes.extracting(first: end))
    text.append(0)
    let worksheet = unsafe sheets[sheet.index]
    let format = unsafe formats[style.rawValue]
    unsafe text.span.withUnsafeBufferPointer { text in
      unsafe text.withMemoryRebound(to: CChar.self) { text in
        _ = unsafe worksheet_write_string(worksheet, UInt32(row), UInt16(column), text.baseAddress, format)
      }
    }
  }

  mutating func write(_ text: String, _ sheet: Sheet, row: Int, column: Int, _ style: Style = .plain) {
    write(Array(text.utf8).span, sheet, row: row, column: column, style)
  }

  /// Writes a number: Excel's are binary and keep about 15 digits.
  func write(_ number: Double, _ sheet: Sheet, row: Int, column: Int, _ style: Style = .count) {
    _ = unsafe worksheet_write_number(
      sheets[sheet.index], UInt32(row), UInt16(column), number, formats[style.rawValue])
  }

  func setWidth(_ width: Double, _ sheet: Sheet, column: Int) {
    _ = unsafe worksheet_set_column(sheets[sheet.index], UInt16(column), UInt16(column), width, nil)
  }

  /// Keeps the header in sight, and lets rows be filtered by its cells.
  func finishTable(_ sheet: Sheet, rows: Int, columns: Int) {
    unsafe worksheet_freeze_panes(sheets[sheet.index], 1, 0)
    _ = unsafe worksheet_autofilter(sheets[sheet.index], 0, 0, UInt32(rows), UInt16(max(0, columns - 1)))
  }

  // MARK: - Charts

  /// Cells of one column of a sheet, the first and the last row counted from 0.
  struct Cells {
    var sheet: String
    var column: Int
    var rows: ClosedRange<Int>

    fileprivate var reference: String {
      let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(column % 26)))
      return "='\(sheet)'!$\(letter)$\(rows.lowerBound + 1):$\(letter)$\(rows.upperBound + 1)"
    }
  }

  /// Puts a chart of columns into the sheet, its upper left corner at the cell.
  func addChart(
    _ title: String, _ sheet: Sheet, row: Int, column: Int, categories: Cells, series: [(name: String, values: Cells)]
  ) {
    guard let chart = unsafe workbook_add_chart(workbook, UInt8(LXW_CHART_COLUMN.rawValue)) else { return }
    unsafe chart_title_set_name(chart, title)
    for part in series {
      guard let added = unsafe chart_add_series(chart, categories.reference, part.values.reference) else { continue }
      unsafe chart_series_set_name(added, part.name)
    }
    if series.count < 2 { unsafe chart_legend_set_position(chart, UInt8(LXW_CHART_LEGEND_NONE.rawValue)) }
    _ = unsafe worksheet_insert_chart(sheets[sheet.index], UInt32(row), UInt16(column), chart)
  }

  // MARK: - The end

  /// Makes the file durable under its name.
  consuming func finish() throws(RunError) {
    isClosed = true
    let code = unsafe workbook_close(workbook)
    let (beside, path) = (beside, path)
    guard code == LXW_NO_ERROR else {
      let words = unsafe lxw_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code.rawValue)"
      try? Files.remove(beside)
      throw RunError(
        .gatewayStopped,
        Diagnostic(
          "cannot write the workbook: \(words)", at: Place(file: path),
          next: "Make room on the disk, or leave the workbook out with --no-xlsx."))
    }
    try onOutput { () throws(FileError) in
      try File(beside, .append).synchronize()
      try Files.move(beside, to: path)
    }
  }
}
