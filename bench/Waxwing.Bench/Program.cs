using System.CommandLine;
using Waxwing.Bench;
using Waxwing.Bench.Compile;
using Waxwing.Bench.Kernels;
using Waxwing.Bench.Load;
using Waxwing.Bench.Wasi;
using Waxwing.Bench.Programs;

Console.OutputEncoding = System.Text.Encoding.UTF8;
var root = new RootCommand("Measures Waxwing. Run it in Release on a quiet machine; every figure is a median.")
{
    KernelsCommand.Create(),
    ProgramsCommand.Create(),
    ClangCommand.Create(),
    CallsCommand.Create(),
    CompileCommand.Create(),
    LoadCommand.Create(),
    SlotsCommand.Create(),
    WasiCommand.Create(),
    ReportCommand.Create(),
};
return root.Parse(args).Invoke();
