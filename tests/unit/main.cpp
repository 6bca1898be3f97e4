// SPDX-License-Identifier: MIT
// Runs the test cases and reports in TAP, one line a test case.
#define DOCTEST_CONFIG_IMPLEMENT
#include "doctest.hpp"

#include <iostream>
#include <mutex>
#include <sstream>
#include <string>

namespace {

class tap_reporter : public doctest::IReporter {
public:
    explicit tap_reporter(const doctest::ContextOptions& options) : out_{*options.cout} {}

    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {
        out_ << "1.." << count_ << std::endl;
    }

    void test_case_start(const doctest::TestCaseData& test) override { name_ = test.m_name; }
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        out_ << (stats.testCaseSuccess ? "ok " : "not ok ") << ++count_ << " - " << name_
             << std::endl;
    }

    void test_case_exception(const doctest::TestCaseException& thrown) override {
        diagnose(std::string{"threw "} + thrown.error_string.c_str());
    }
    void log_assert(const doctest::AssertData& checked) override {
        if (!checked.m_failed) { return; }
        std::ostringstream text;
        text << checked.m_file << ':' << checked.m_line << ": " << checked.m_expr << " -> "
             << (checked.m_threw ? checked.m_exception : checked.m_decomp);
        diagnose(text.str());
    }
    void log_message(const doctest::MessageData& message) override {
        diagnose(message.m_string.c_str());
    }

    void report_query(const doctest::QueryData&) override {}
    void subcase_start(const doctest::SubcaseSignature& subcase) override {
        subcases_ += std::string{" / "} + subcase.m_name.c_str();
    }
    void subcase_end() override { subcases_.clear(); }
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    void diagnose(const std::string& text) {
        const std::lock_guard lock{mutex_};  // doctest's assertions may come from any thread
        out_ << "# " << name_ << subcases_ << ": ";
        for (const char c : text) { out_ << c << (c == '\n' ? "# " : ""); }
        out_ << std::endl;
    }

    std::ostream& out_;
    std::mutex mutex_;
    std::string name_;
    std::string subcases_;
    int count_ = 0;
};

DOCTEST_REGISTER_REPORTER("tap", 1, tap_reporter);

}  // namespace

int main(int argc, char** argv) {
    doctest::Context context{argc, argv};
    context.setOption("no-intro", true);
    context.addFilter("reporters", "tap");
    return context.run();
}
