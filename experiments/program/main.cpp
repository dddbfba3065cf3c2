// The program: subcommands over the framework and the analysis. A user's mistake ends in one line
// on standard error and exit code 1.

#include "experiments/program/commands.h"
#include "experiments/program/completion.h"
#include "experiments/program/help.h"
#include "experiments/program/slurm_command.h"
#include "framework/adapter/variant.h"
#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/core/provenance.h"
#include "framework/core/say.h"
#include "framework/core/switches.h"
#include "framework/core/text.h"
#include "framework/run/workers.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>

namespace {

// Paths, names and values go into JSON and run files, which hold UTF-8 and nothing else.
void check_texts(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    rankwise::check(rankwise::is_utf8(arguments[i]),
                    "argument {}, {}: is not UTF-8 text; rename the file or folder, or convert it",
                    i, arguments[i]);
  }
  const char* data = std::getenv("RANKWISE_DATA");
  rankwise::check(data == nullptr || rankwise::is_utf8(data),
                  "RANKWISE_DATA, {}: is not UTF-8 text; rename the folder", data);
}

int run(int count, char** arguments) {
  CLI::App program("rankwise: experiments on rank-wise low-rank adaptation", "rankwise");
  program.ignore_case()->ignore_underscore();
  program.require_subcommand(0, 1);  // behind a command nothing else is one: a folder "results"
  program.set_version_flag("--version", [] { return rankwise::version_line(); });
  rankwise::add_run_command(program);
  rankwise::add_status_command(program);
  rankwise::add_merge_command(program);
  rankwise::add_paper_commands(program);
  rankwise::add_analysis_commands(program);
  rankwise::add_compare_commands(program);
  rankwise::add_predictions_command(program);
  rankwise::add_results_commands(program);
  rankwise::add_evaluate_command(program);
  rankwise::add_execute_command(program);
  rankwise::add_exchange_commands(program);
  rankwise::add_info_commands(program);
  rankwise::add_schema_command(program);
  rankwise::add_verify_command(program);
  rankwise::add_help_commands(program);
  rankwise::arrange_help(program);
  // Not for the parser, which would run the commands that are named behind these.
  const std::string_view first = count > 1 ? arguments[1] : "";
  if (first == "complete") {
    rankwise::print_completions(program, {arguments + 2, arguments + count});
    return 0;
  }
  if (first == "help") {
    rankwise::print_help(program, count > 2 ? arguments[2] : "");
    return 0;
  }
  int answer = -1;
  CLI::App* worker = program.add_subcommand("worker")->group("");
  worker->add_option("--answer", answer)->required();
  worker->callback([&] { throw CLI::RuntimeError(rankwise::worker_main(answer)); });
  rankwise::add_task_command(program);
  try {
    program.parse(count, arguments);
  } catch (const CLI::RuntimeError& end) {
    return end.get_exit_code();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help
    rankwise::say("{}\n", rankwise::mistake(program, error));
    return 1;
  }
  if (!program.get_subcommands().empty()) return 0;
  fmt::print("{}", program.help());
  return 1;
}

// Packed batches are each of another size, so that of oneDNN's prepared kernels those of the
// present batch are used again, layer by layer, and no others: of a thousand kept ones the heap
// grows with every step. In bf16, where they multiply matrices, as few as a batch's halve the time
// against none. Read when the first kernel is prepared; a user's own value stays.
void keep_kernels_of_a_batch() { setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64", /*overwrite=*/0); }

// The exit code of a program that SIGPIPE ended, as shells say it: a reader that had enough, such
// as
// `| head`, is no mistake to be told.
constexpr int kReaderGone = 128 + SIGPIPE;

// 1 where what was printed did not arrive: behind "> file" on a full disk.
int flush_output(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (errno == EPIPE) return kReaderGone;
  rankwise::say("the output could not be written: {}\n", std::strerror(errno));
  return 1;
}

// Ends the process. Where a GPU was used no destructor of a static object runs any more: LibTorch's
// and the driver's go in no known order, and some would call a driver that is gone. Files are
// closed by then, for they are no static objects.
int leave(int code) {
  const bool used = at::detail::getCUDAHooks().hasCUDART() &&
                    c10::getDeviceAllocator(c10::DeviceType::CUDA)->initialized();
  if (!used) return code;
  std::fflush(nullptr);
  std::_Exit(code);
}

int run_told(int count, char** arguments) {
  // A worker that ended early, or a closed pipe behind standard output, shows where it is written
  // to: it must not end a study that is under way.
  std::signal(SIGPIPE, SIG_IGN);
  rankwise::open_standard_streams();
  keep_kernels_of_a_batch();
  try {
    check_texts(count, arguments);
    rankwise::check_registrations();
    rankwise::read_switches();
    return flush_output(run(count, arguments));
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe) return kReaderGone;
    rankwise::say("{}\n", rankwise::plain_message(error));
    return 1;
  } catch (const std::exception& error) {
    rankwise::say("{}\n", rankwise::plain_message(error));
    return 1;
  }
}

}  // namespace

int main(int count, char** arguments) { return leave(run_told(count, arguments)); }
