namespace Waxwing.Emscripten.Functions;

/// <summary>Clocks and calendar. Clocks are those of WASI, so that what the embedder injects holds; local time is that of the options' zone.</summary>
internal static class TimeFunctions
{
    private const uint Realtime = 0, Monotonic = 1;

    public static EmscriptenFunction[] All { get; } =
    [
        new("emscripten_date_now", "", static (in c) => c.System.Clock(Realtime, c.Token) / 1_000_000 / 1.0),
        new("emscripten_get_now", "", static (in c) => c.System.Clock(Monotonic, c.Token) / 1e6),
        new("emscripten_performance_now", "", static (in c) => c.System.Clock(Monotonic, c.Token) / 1e6),
        new("emscripten_get_now_res", "", static (in c) => 1000.0),
        new("emscripten_get_now_is_monotonic", "", static (in c) => 1),
        new("_emscripten_get_now_is_monotonic", "", static (in c) => 1),
        new("__clock_gettime", "clock result", static (in c) => GetTime32(c)),
        new("clock_gettime", "clock result", static (in c) => GetTime32(c)),
        new("__clock_getres", "clock result", static (in c) => Resolution(c)),
        new("clock_getres", "clock result", static (in c) => Resolution(c)),
        new("time", "result", static (in c) => Time(c)),
        new("gettimeofday", "result zone", static (in c) => TimeOfDay(c)),
        new("clock", "", static (in c) => (int)(c.System.Clock(Monotonic, c.Token) / 1000)),
        new("emscripten_thread_sleep", "milliseconds:f", static (in c) => Sleep(c, c.F64(0))),
        new("usleep", "microseconds", static (in c) => Sleep(c, c.U32(0) / 1e3)),
        new("emscripten_sleep", "milliseconds", static (in c) => Sleep(c, c.U32(0))),
        // Since times have 64 bits they are given as they are; before, by a pointer to 32 bits. Two words: also the halves.
        new("_localtime_js", "time:64 result", static (in c) => Calendar.Write(c.Memory, c.U32(1), c.I64(0), c.Host.Options.TimeZone)),
        new("_localtime_js", "time result", static (in c) => Calendar.Write(c.Memory, c.U32(1), c.Memory.Read<int>(c.U32(0)), c.Host.Options.TimeZone)),
        new("_gmtime_js", "time:64 result", static (in c) => Calendar.Write(c.Memory, c.U32(1), c.I64(0), TimeZoneInfo.Utc)),
        new("_gmtime_js", "time result", static (in c) => Calendar.Write(c.Memory, c.U32(1), c.Memory.Read<int>(c.U32(0)), TimeZoneInfo.Utc)),
        new("_mktime_js", "parts", static (in c) => Calendar.Read(c.Memory, c.U32(0), c.Host.Options.TimeZone)),
        new("_timegm_js", "parts", static (in c) => Calendar.Read(c.Memory, c.U32(0), TimeZoneInfo.Utc)),
        new("_tzset_js", "offset daylight names", static (in c) => SetZoneByPointers(c)),
        new("_tzset_js", "offset daylight standard summer", static (in c) => SetZone(c)),
        new("strftime", "target size format:text parts", static (in c) => Calendar.Format(c.Memory, c.U32(0), c.U32(1), c.Text(2), c.U32(3))),
        new("strftime_l", "target size format:text parts locale", static (in c) => Calendar.Format(c.Memory, c.U32(0), c.U32(1), c.Text(2), c.U32(3))),
        new("_setitimer_js", "which milliseconds:f", static (in c) => -(int)Wasi.WasiErrno.Nosys),
    ];

    private static WasmValue GetTime32(in EmscriptenCall call)
    {
        var time = call.System.Clock(call.U32(0) == Realtime ? Realtime : Monotonic, call.Token);
        call.Memory.Write(call.U32(1), (int)(time / 1_000_000_000));
        call.Memory.Write(call.U32(1) + 4L, (int)(time % 1_000_000_000));
        return 0;
    }

    private static WasmValue Resolution(in EmscriptenCall call)
    {
        call.Memory.Write(call.U32(1), 0);
        call.Memory.Write(call.U32(1) + 4L, 1000);
        return 0;
    }

    private static WasmValue Time(in EmscriptenCall call)
    {
        var seconds = (int)(call.System.Clock(Realtime, call.Token) / 1_000_000_000);
        if (call.U32(0) != 0)
            call.Memory.Write(call.U32(0), seconds);
        return seconds;
    }

    private static WasmValue TimeOfDay(in EmscriptenCall call)
    {
        var time = call.System.Clock(Realtime, call.Token);
        call.Memory.Write(call.U32(0), (int)(time / 1_000_000_000));
        call.Memory.Write(call.U32(0) + 4L, (int)(time % 1_000_000_000 / 1000));
        return 0;
    }

    private static WasmValue Sleep(in EmscriptenCall call, double milliseconds)
    {
        if (milliseconds > 0)
            call.System.Sleep((ulong)Math.Min(milliseconds * 1e6, long.MaxValue), call.Token);
        return 0;
    }

    private static WasmValue SetZoneByPointers(in EmscriptenCall call)
    {
        var (standard, summer) = WriteZone(call);
        call.Memory.Write(call.U32(2), call.Thread.AllocateText(standard, call.Token));
        call.Memory.Write(call.U32(2) + 4L, call.Thread.AllocateText(summer, call.Token));
        return 0;
    }

    private static WasmValue SetZone(in EmscriptenCall call)
    {
        var (standard, summer) = WriteZone(call);
        call.Memory.WriteCString(call.U32(2), standard);
        call.Memory.WriteCString(call.U32(3), summer);
        return 0;
    }

    private static (string Standard, string Summer) WriteZone(in EmscriptenCall call)
    {
        var zone = call.Host.Options.TimeZone;
        call.Memory.Write(call.U32(0), -(int)zone.BaseUtcOffset.TotalSeconds);
        call.Memory.Write(call.U32(1), zone.SupportsDaylightSavingTime ? 1 : 0);
        return (Calendar.Abbreviate(zone.StandardName), Calendar.Abbreviate(zone.DaylightName));
    }
}
