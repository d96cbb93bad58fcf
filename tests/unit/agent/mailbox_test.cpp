#include "agent/mailbox.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace heptap;

TEST_CASE("what is posted is done once, in order, by the thread whose mailbox it is") {
  Mailbox mailbox;
  std::vector<int> done;
  mailbox.do_work();
  mailbox.post([&] { done.push_back(1); });
  mailbox.post([&] {
    done.push_back(2);
    mailbox.post([&] { done.push_back(3); });
  });
  CHECK(done.empty());
  mailbox.do_work();
  CHECK(done == std::vector{1, 2});
  mailbox.do_work();
  mailbox.do_work();
  CHECK(done == std::vector{1, 2, 3});
}

TEST_CASE("nothing that other threads post is lost") {
  Mailbox mailbox;
  constexpr int posts = 1000;
  int done = 0;
  std::thread poster([&] {
    for (int i = 0; i < posts; ++i) mailbox.post([&] { ++done; });
  });
  while (done < posts) mailbox.do_work();
  poster.join();
  CHECK(done == posts);
}
