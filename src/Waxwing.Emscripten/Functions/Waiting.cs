using System.Runtime.InteropServices;
using Waxwing.Emscripten.Files;
using Waxwing.Wasi;

namespace Waxwing.Emscripten.Functions;

/// <summary><c>poll</c> and <c>select</c>, by WASI's poll_oneoff: they wait, and end with the guest.</summary>
internal static class Waiting
{
    private const int MaximumDescriptors = 1024, EntrySize = 8;

    public static WasmValue Poll(in EmscriptenCall call)
    {
        const short Readable = 0x1, Writable = 0x4, HangUp = 0x10, Invalid = 0x20, ReadableToo = 0x40, WritableToo = 0x100;
        var (entries, count) = (call.U32(0), call.U32(1));
        if (count > MaximumDescriptors)
            return FileFunctions.Negative(WasiErrno.Inval);
        List<PollQuestion> questions = [];
        var found = new short[count];
        var isReady = false;
        for (var i = 0u; i < count; i++)
        {
            var (descriptor, events) = (call.Memory.Read<int>(entries + (long)i * EntrySize), call.Memory.Read<short>(entries + (long)i * EntrySize + 4));
            if (descriptor < 0)
                continue;
            if (call.System.Process.Descriptors.Find((uint)descriptor) is null)
                (found[i], isReady) = (Invalid, true);
            else
            {
                if ((events & (Readable | ReadableToo)) != 0)
                    questions.Add(new((int)i, (uint)descriptor, false));
                if ((events & (Writable | WritableToo)) != 0)
                    questions.Add(new((int)i, (uint)descriptor, true));
            }
        }
        var error = call.System.Wait(CollectionsMarshal.AsSpan(questions), isReady ? 0 : call.I32(2) < 0 ? null : (ulong)call.I32(2) * 1_000_000, call.Token);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        foreach (var question in questions)
        {
            if (!question.IsReady)
                continue;
            var events = call.Memory.Read<short>(entries + (long)question.Index * EntrySize + 4);
            found[question.Index] |= (short)(events & (question.IsWrite ? Writable | WritableToo : Readable | ReadableToo));
            if (question.IsHangUp)
                found[question.Index] |= HangUp;
        }
        var ready = 0;
        for (var i = 0u; i < count; i++)
        {
            call.Memory.Write(entries + (long)i * EntrySize + 6, found[i]);
            ready += found[i] != 0 ? 1 : 0;
        }
        return ready;
    }

    public static WasmValue Select(in EmscriptenCall call)
    {
        var (count, read, write, except, limit) = (call.I32(0), call.U32(1), call.U32(2), call.U32(3), call.U32(4));
        if (count is < 0 or > MaximumDescriptors)
            return FileFunctions.Negative(WasiErrno.Inval);
        List<PollQuestion> questions = [];
        for (var i = 0; i < count; i++)
        {
            foreach (var (set, isWrite) in (ReadOnlySpan<(uint, bool)>)[(read, false), (write, true)])
            {
                if (set == 0 || (call.Memory.Read<byte>(set + i / 8) & (1 << (i % 8))) == 0)
                    continue;
                if (call.System.Process.Descriptors.Find((uint)i) is null)
                    return FileFunctions.Negative(WasiErrno.Badf);
                questions.Add(new(i, (uint)i, isWrite));
            }
        }
        ulong? nanoseconds = null;
        if (limit != 0)
        {
            var isOld = call.Host.Linker.IsOldLayout;
            var (seconds, micro) = (isOld ? call.Memory.Read<int>(limit) : call.Memory.Read<long>(limit), call.Memory.Read<int>(limit + (isOld ? 4L : 8L)));
            if (seconds < 0 || micro is < 0 or >= 1_000_000)
                return FileFunctions.Negative(WasiErrno.Inval);
            nanoseconds = (ulong)Math.Min(seconds, int.MaxValue) * 1_000_000_000 + (ulong)micro * 1000;
        }
        var error = call.System.Wait(CollectionsMarshal.AsSpan(questions), nanoseconds, call.Token);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        foreach (var set in (ReadOnlySpan<uint>)[read, write, except])
        {
            if (set != 0)
                call.Memory.AsSpan(set, (count + 31) / 32 * 4).Clear();
        }
        var ready = 0;
        foreach (var question in questions)
        {
            if (!question.IsReady)
                continue;
            var place = (question.IsWrite ? write : read) + question.Index / 8;
            call.Memory.Write(place, (byte)(call.Memory.Read<byte>(place) | (1 << (question.Index % 8))));
            ready++;
        }
        return ready;
    }
}
