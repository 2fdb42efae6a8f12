import JSON
import Mustache
import Platform

/// Partials held in memory, named like files.
func memory(_ partials: [String: String]) -> Partials {
  Partials(
    names: { partials.keys.sorted() },
    load: { (name) throws(TemplateError) in
      partials[name].map { TemplateSource(file: name + ".mustache", bytes: Array($0.utf8)) }
    })
}

func compile(
  _ template: String, reading: Template.Reading = .exact, partials: [String: String] = [:]
) throws(TemplateError) -> Template {
  try Template.compile(Array(template.utf8), file: "t.mustache", reading: reading, partials: memory(partials))
}

func render(
  _ template: String, _ data: JSON = [:], html: Bool = false, strict: Bool = false,
  reading: Template.Reading = .exact, partials: [String: String] = [:]
) throws -> String {
  var buffer = ByteBuffer()
  try compile(template, reading: reading, partials: partials)
    .render(data: data, html: html, strict: strict, into: &buffer)
  return buffer.span.text
}

/// What a template error says, in full.
func fault(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch let error as TemplateError {
    return error.diagnostic.description
  } catch let error as MergeFault {
    return error.diagnostic.description
  } catch {
    return "another error"
  }
}

/// Merges one row whose columns are the keys, in order.
func merge(
  _ template: String, _ row: KeyValuePairs<String, String>, missing: MissingValue = .reject,
  reading: Template.Reading = .file, partials: [String: String] = [:]
) throws -> (MergeResult, String) {
  let bound = try compile(template, reading: reading, partials: partials)
    .bind(columns: row.map(\.key), missing: missing)
  var fields = Fields()
  for (_, value) in row {
    fields.append(Array(value.utf8).span)
    fields.endField()
  }
  var buffer = ByteBuffer()
  let result = bound.merge(fields, into: &buffer)
  return (result, buffer.span.text)
}
