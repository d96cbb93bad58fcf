#include "agent/report/table_figures.hpp"

#include <algorithm>

namespace heptap {

void add_tables(std::vector<TableFigures>& all, const std::vector<TableFigures>& of_worker) {
  for (const TableFigures& table : of_worker) {
    const auto same = std::find_if(all.begin(), all.end(),
                                   [&](const TableFigures& one) { return one.name == table.name; });
    if (same == all.end()) {
      all.push_back(table);
    } else {
      same->use += table.use;
    }
  }
}

}  // namespace heptap
