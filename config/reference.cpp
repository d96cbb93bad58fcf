#include "config/reference.hpp"

#include "config/valid_values.hpp"

namespace heptap {
namespace {

std::string_view carriers_of(ForCarrier carrier) {
  switch (carrier) {
    case ForCarrier::any: return "";
    case ForCarrier::endpoint: return " (udp, tcp and tls)";
    case ForCarrier::network: return " (not files)";
    case ForCarrier::connection: return " (tcp and tls)";
    case ForCarrier::tls: return " (tls)";
    case ForCarrier::kafka: return " (kafka)";
    case ForCarrier::file: return " (files)";
  }
  return "";
}

std::string default_of(const Option& option) {
  if (option.required) return "required";
  if (option.kind == OptionKind::list) return "none";
  return option.fallback.empty() ? "not set" : "`" + std::string{option.fallback} + "`";
}

}  // namespace

std::string reference_markdown() {
  std::string text =
      "# Configuration reference\n"
      "\n"
      "Made from the option table by `heptap check --reference`; do not edit.\n"
      "\n"
      "The file is YAML, at most 1 MiB. A size is a number of bytes or carries KiB, MiB, GiB or "
      "TiB;\n"
      "a duration carries ms, s, m or h. Relative file names start at the folder of the\n"
      "configuration file. `[]` stands for each item of a list.\n"
      "\n"
      "| Option | Type | Default | Valid | Meaning |\n"
      "|---|---|---|---|---|\n";
  for (const Option& option : options()) {
    text += "| `" + std::string{option.path} + "` | " + std::string{type_name(option.kind)} +
            " | " + default_of(option) + " | " + valid_values(option) + " | " +
            std::string{option.help} + std::string{carriers_of(option.carrier)} + " |\n";
  }
  return text;
}

}  // namespace heptap
