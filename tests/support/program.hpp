#pragma once

#include <exception>
#include <filesystem>
#include <iostream>

namespace heptap::test {

/// What main() of a tool gives: the exit code of `run`, which takes main's arguments; or 1 when it throws,
/// and why on stderr, behind the name of the program.
template <class Run>
[[nodiscard]] int run_program(int argc, char** argv, Run run) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << std::filesystem::path(argv[0]).filename().string() << ": " << error.what() << '\n';
    return 1;
  }
}

}  // namespace heptap::test
