using System.Diagnostics;
using System.Globalization;

namespace Waxwing.Tests.Security;

/// <summary>
/// Damaged modules, from the first byte to running what is left of them: nothing may come of it but typed exceptions, little memory and an end.
/// WAXWING_MUTATIONS sets how many (for each of the four parts), WAXWING_MUTATION_SEED where to begin, and WAXWING_MUTATION_LAST names a file for the module being tried, should the process die.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const long ModuleBytes = 256L << 20;

    private static readonly string? LastModule = Environment.GetEnvironmentVariable("WAXWING_MUTATION_LAST");

    private static readonly TimeSpan ModuleTime = TimeSpan.FromSeconds(20);

    private static readonly WasmLimits Limits = new() { MemoryBytes = 64 << 20, TotalMemoryBytes = 256 << 20, TableEntries = 100_000, ArrayBytes = 1 << 20, StackBytes = 256 << 10 };

    private static readonly byte[][] Seeds =
    [
        .. Directory.GetFiles(Repository.PathOf("bench", "kernels"), "*.wasm").Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
        .. FeatureModules.All(),
    ];

    [Fact]
    public void The_seeds_themselves_are_valid_and_run()
    {
        var census = new Census();
        foreach (var seed in Seeds)
            Try(seed, ref census);
        Assert.Equal(Seeds.Length, census.Instantiated);
        Assert.True(census.Calls > 400, $"{census}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Damaged_modules_fail_with_typed_exceptions(int part)
    {
        var count = Setting("WAXWING_MUTATIONS", 5500);
        var mutator = new Mutator(Seeds, Setting("WAXWING_MUTATION_SEED", 20260117) + part);
        var census = new Census();
        for (var i = 0; i < count; i++)
        {
            var bytes = mutator.Next();
            if (LastModule is not null)
                File.WriteAllBytes(LastModule + part, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            try
            {
                Try(bytes, ref census);
            }
            catch (Exception error)
            {
                Assert.Fail($"module {i} of part {part}: {error}\n{Convert.ToBase64String(bytes)}");
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > ModuleBytes || Stopwatch.GetElapsedTime(start) > ModuleTime)
                Assert.Fail($"module {i} of part {part}: {allocated >> 20} MiB, {Stopwatch.GetElapsedTime(start).TotalSeconds:f1} s\n{Convert.ToBase64String(bytes)}");
        }
        output.WriteLine($"{census}");
        // The damage must be of every kind: found at once, found late, and not at all.
        Assert.All([census.Malformed, census.Invalid, census.Instantiated, census.Calls], number => Assert.True(number > count / 50, $"{census}"));
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    private static void Try(byte[] bytes, ref Census census)
    {
        using var stop = new CancellationTokenSource(2000);
        // Every eighth module runs without fuel, and where no address space is reserved.
        var isMetered = bytes.Length % 8 != 0;
        using var runtime = new WasmRuntime(new WasmRuntimeOptions
        {
            Features = WasmFeatures.All,
            Limits = Limits,
            Fuel = isMetered ? 20_000 : null,
            GuardRegions = false,
            MemoryPolicy = isMetered ? WasmMemoryPolicy.Automatic : WasmMemoryPolicy.Portable,
        });
        census.Modules++;
        try
        {
            var module = WasmModule.Load(bytes, new WasmModuleOptions { Features = WasmFeatures.All, Limits = Limits, LazyValidation = bytes.Length % 5 == 0 });
            _ = module.Name;
            _ = module.CustomSections;
            var instance = runtime.Instantiate(module, imports: Stubs.For(module, Limits), cancellation: stop.Token);
            census.Instantiated++;
            // Without fuel, time is what ends the calls.
            stop.CancelAfter(isMetered ? 2000 : 20);
            Call(instance, stop.Token, ref census);
        }
        catch (WasmFormatException)
        {
            census.Malformed++;
        }
        catch (WasmValidationException)
        {
            census.Invalid++;
        }
        catch (WasmLinkException)
        {
            census.Unlinkable++;
        }
        catch (WasmTrapException)
        {
            census.Trapped++;
        }
        catch (WasmThrownException)
        {
            census.Trapped++;
        }
        catch (OperationCanceledException)
        {
            census.Stopped++;
        }
    }

    private static void Call(WasmInstance instance, CancellationToken stop, ref Census census)
    {
        foreach (var export in instance.Exports.Take(70))
        {
            if (export.Type.Function is not { } type || !instance.TryGetFunction(export.Name, out var function))
                continue;
            var number = census.Calls++;
            WasmValue[] arguments = [.. type.Parameters.Select((parameter, i) => Argument(parameter, number + i))];
            instance.Fuel = 5_000;
            try
            {
                function.Invoke(stop, arguments);
            }
            catch (ArgumentException)
            {
                // A reference that may not be null: there is nothing to pass.
            }
            catch (Exception end) when (end is WasmTrapException or WasmThrownException or OperationCanceledException or WasmValidationException)
            {
                census.Ended++;
                if (end is OperationCanceledException)
                    return;
            }
        }
    }

    private static WasmValue Argument(ValueType type, int number) => type.Kind switch
    {
        ValueKind.I32 => (number % 7) switch { 0 => 0, 1 => 5, 2 => 65_535, 3 => int.MinValue, 4 => -1, 5 => 3, _ => number },
        ValueKind.I64 => (number % 4) switch { 0 => 0L, 1 => long.MinValue, 2 => -1L, _ => 77L },
        ValueKind.F32 => number % 2 == 0 ? float.NaN : 1.5f,
        ValueKind.F64 => number % 2 == 0 ? double.NegativeInfinity : 2.5,
        _ => Stubs.Zero(type),
    };

    private record struct Census(int Modules, int Malformed, int Invalid, int Unlinkable, int Instantiated, int Trapped, int Stopped, int Calls, int Ended);
}
