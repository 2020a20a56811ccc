using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing;
using Waxwing.Faults;
using Waxwing.Runtime;

// One scenario for each run, by name. What a scenario prints and how the process ends is what the tests look at.
return args switch
{
    ["trap"] => Scenarios.Trap(),
    ["wild"] => Scenarios.Wild(),
    ["wild-native"] => Scenarios.WildNative(),
    ["unhandled"] => Scenarios.Unhandled(),
    ["foreign-before"] => Scenarios.Foreign(first: true, thenWild: false),
    ["foreign-after"] => Scenarios.Foreign(first: false, thenWild: false),
    ["foreign-before", "wild"] => Scenarios.Foreign(first: true, thenWild: true),
    ["foreign-after", "wild"] => Scenarios.Foreign(first: false, thenWild: true),
    ["refused", var how] => Scenarios.Refused(how),
    ["off"] => Scenarios.Off(),
    ["stacks"] => Stacks.Run(),
    ["compile", .. var files] => Compilation.Run(files),
    _ => throw new ArgumentException($"no scenario: {string.Join(' ', args)}"),
};

namespace Waxwing.Faults
{
    internal static unsafe class Scenarios
    {
        /// <summary>Traps at every edge, on several threads.</summary>
        public static int Trap()
        {
            Require(FaultShim.IsAvailable, "available");
            using var memory = new WasmMemory(new MemoryType(1));
            Require(memory.IsGuarded, "guarded");
            var traps = 0;
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    foreach (var (index, offset) in ((uint, uint)[])[(65533, 0), (65536, 0), (uint.MaxValue, 0), (int.MaxValue, 4096), (uint.MaxValue, uint.MaxValue)])
                    {
                        if (Traps(memory.GuardedBase, index, offset))
                            Interlocked.Increment(ref traps);
                    }
                }
            })).ToArray();
            foreach (var thread in threads)
                thread.Start();
            foreach (var thread in threads)
                thread.Join();
            Require(!Traps(memory.GuardedBase, 65532, 0), "the last four bytes are accessible");
            Require(Traps(null, 8, 0), "null is caught");
            Console.WriteLine($"trapped {traps}");
            return 0;
        }

        /// <summary>An access that no memory explains.</summary>
        public static int Wild()
        {
            Trap();
            Touch();
            return 0;
        }

        /// <summary>The runtime does not forgive native code, in a guarded range or not.</summary>
        public static int WildNative()
        {
            Trap();
            using var memory = new WasmMemory(new MemoryType(1));
            try
            {
                LengthOf(memory.GuardedBase + 70_000);
            }
            catch (Exception error)
            {
                Console.WriteLine($"caught {error.GetType()}");
            }
            Console.WriteLine("survived");
            return 0;
        }

        /// <summary>A trap that nobody catches.</summary>
        public static int Unhandled()
        {
            AppDomain.CurrentDomain.UnhandledException += (_, report) => Console.WriteLine($"unhandled {report.ExceptionObject.GetType().Name}");
            using var memory = new WasmMemory(new MemoryType(1));
            Require(memory.IsGuarded, "guarded");
            Console.WriteLine(Load(memory.GuardedBase, 65536, 0));
            return 0;
        }

        /// <summary>Native code of the process has a handler of its own, which passes on what it does not want (everything).</summary>
        public static int Foreign(bool first, bool thenWild)
        {
            if (!first)
                Require(FaultShim.IsAvailable, "available");
            var count = ForeignHandler.Install();
            Trap();
            Console.WriteLine($"passed on {*count}");
            if (thenWild)
                Touch();
            return 0;
        }

        /// <summary>Handlers that cannot be told an address are left alone.</summary>
        public static int Refused(string how)
        {
            Require(SignalAction.TryGet(SignalAction.SegmentationFault, out var before), "the runtime's handler");
            var action = before;
            switch (how)
            {
                case "default":
                    action.Handler = 0;
                    break;
                case "ignored":
                    action.Handler = 1;
                    break;
                case "no-info":
                    action.Flags &= ~4;
                    break;
                case "once":
                    action.Flags |= unchecked((int)0x80000000);
                    break;
                default:
                    throw new ArgumentException(how);
            }
            Require(SignalAction.TrySet(SignalAction.SegmentationFault, action, out _), "set");
            using var memory = new WasmMemory(new MemoryType(1));
            Console.WriteLine($"available {FaultShim.IsAvailable}, guarded {memory.IsGuarded}");
            Require(SignalAction.TryGet(SignalAction.SegmentationFault, out var after) && after.Handler == action.Handler && after.Flags == action.Flags, "untouched");
            Require(SignalAction.TrySet(SignalAction.SegmentationFault, before, out _), "set");
            return 0;
        }

        /// <summary>The switch turns it off: no handler, no table; memories work.</summary>
        public static int Off()
        {
            AppContext.SetSwitch(GuardedRanges.SwitchName, false);
            Require(SignalAction.TryGet(SignalAction.SegmentationFault, out var before), "the runtime's handler");
            using var memory = new WasmMemory(new MemoryType(1));
            memory.Write(65532, 5);
            Console.WriteLine($"available {FaultShim.IsAvailable}, guarded {memory.IsGuarded}, table {GuardedRanges.Table != null}");
            Require(SignalAction.TryGet(SignalAction.SegmentationFault, out var after) && after.Handler == before.Handler, "untouched");
            return 0;
        }

        private static bool Traps(byte* start, uint index, uint offset)
        {
            try
            {
                Load(start, index, offset);
                return false;
            }
            catch (NullReferenceException)
            {
                return true;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static int Load(byte* start, uint index, uint offset) => Unsafe.ReadUnaligned<int>(start + index + offset);

        /// <summary>Reads where nothing is, right behind a range and far from all.</summary>
        private static void Touch()
        {
            Console.WriteLine("touching");
            try
            {
                Console.WriteLine(Load((byte*)0x1234_5678_0000, 0, 0));
            }
            catch (NullReferenceException)
            {
                Console.WriteLine("caught");
            }
        }

        private static void Require(bool holds, string what)
        {
            if (!holds)
                throw new InvalidOperationException($"does not hold: {what}");
        }

        [DllImport("libc", EntryPoint = "strlen")]
        private static extern nuint LengthOf(byte* text);
    }
}
