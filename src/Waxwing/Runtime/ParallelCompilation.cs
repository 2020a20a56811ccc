using System.Runtime.ExceptionServices;

namespace Waxwing.Runtime;

/// <summary>Work on a module's code that can be done part by part, in any order, on several threads.</summary>
/// <param name="Count">How many parts.</param>
/// <param name="Functions">How many functions a part has.</param>
/// <param name="Compile">Makes a part ready; thread-safe, and nothing happens if it is.</param>
internal sealed record CodeParts(int Count, Func<int, int> Functions, Action<int> Compile);

/// <summary>Compiles the parts of a module's code on several threads.</summary>
internal sealed class ParallelCompilation(CodeParts parts, int functions, WasmCompileOptions options, CancellationToken cancellation)
{
    /// <summary>RyuJIT recurses over expressions; threads of a pool may have small stacks.</summary>
    private const int StackBytes = 16 << 20;

    private int next = -1;
    private int compiled;
    private ExceptionDispatchInfo? failure;

    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Run()
    {
        cancellation.ThrowIfCancellationRequested();
        var wanted = options.MaximumParallelism > 0 ? options.MaximumParallelism : Environment.ProcessorCount;
        var threads = new Thread[Math.Min(wanted, parts.Count)];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new(Work, StackBytes) { IsBackground = true, Name = "Waxwing compilation" };
            threads[i].Start();
        }
        foreach (var thread in threads)
            thread.Join();
        failure?.Throw();
        cancellation.ThrowIfCancellationRequested();
    }

    private void Work()
    {
        try
        {
            while (failure is null && !cancellation.IsCancellationRequested && Interlocked.Increment(ref next) is var part && part < parts.Count)
            {
                parts.Compile(part);
                var done = Interlocked.Add(ref compiled, parts.Functions(part));
                options.Progress?.Report(new(done, functions));
            }
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
        }
    }
}
