#pragma once

#include <string>
#include <vector>

#include "proto/table_use.hpp"

namespace heptap {

/// One kind of table.
struct TableFigures {
  std::string name;
  TableUse use;
};

/// Adds the tables of one worker to those of others, which together are one table each.
void add_tables(std::vector<TableFigures>& all, const std::vector<TableFigures>& of_worker);

}  // namespace heptap
