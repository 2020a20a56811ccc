namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>One thread of the process that waits for descriptors on behalf of all guests that hold none.</summary>
internal static unsafe class LinuxPollThread
{
    private static readonly Lock Gate = new();
    private static readonly List<Entry> Entries = [];
    private static LinuxHandle? signal;

    /// <summary>Calls back, once, when an event (or error, or hang-up) holds. Disposing the result ends it; a call that is under way is not waited for.</summary>
    public static IDisposable Watch(int descriptor, short events, Action ready)
    {
        var entry = new Entry(descriptor, events, ready);
        lock (Gate)
        {
            signal ??= Start();
            Entries.Add(entry);
        }
        Wake();
        return entry;
    }

    private static LinuxHandle Start()
    {
        var created = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        if (created.IsInvalid)
            throw new IOException($"cannot wait: {Libc.LastError}");
        new Thread(Run) { IsBackground = true, Name = "Waxwing.Wasi poll" }.Start();
        return created;
    }

    private static void Wake()
    {
        ulong one = 1;
        Libc.write(signal!, (byte*)&one, sizeof(ulong));
    }

    private static void Run()
    {
        Entry[] waiting = [];
        Libc.PollFd[] descriptors = [];
        while (true)
        {
            lock (Gate)
            {
                waiting = [.. Entries];
                if (descriptors.Length < waiting.Length + 1)
                    descriptors = new Libc.PollFd[waiting.Length * 2 + 1];
                descriptors[0] = new() { Descriptor = (int)signal!.DangerousGetHandle(), Events = Libc.POLLIN };
            }
            for (var i = 0; i < waiting.Length; i++)
                descriptors[i + 1] = new() { Descriptor = waiting[i].Descriptor, Events = waiting[i].Events };
            int count;
            fixed (Libc.PollFd* pointer = descriptors)
                count = Libc.ppoll(pointer, (nuint)waiting.Length + 1, null, 0);
            if (count <= 0)
                continue; // a signal
            ulong drained;
            if (descriptors[0].Returned != 0)
                Libc.read(signal, (byte*)&drained, sizeof(ulong));
            for (var i = 0; i < waiting.Length; i++)
            {
                if (descriptors[i + 1].Returned != 0 && waiting[i].Remove())
                    waiting[i].Ready();
            }
        }
    }

    private sealed class Entry(int descriptor, short events, Action ready) : IDisposable
    {
        public int Descriptor => descriptor;

        public short Events => events;

        public void Ready() => ready();

        public bool Remove()
        {
            lock (Gate)
                return Entries.Remove(this);
        }

        public void Dispose()
        {
            // The thread must not go on polling a descriptor that may soon be closed.
            if (Remove())
                Wake();
        }
    }
}
