using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Waxwing.Compiler;

/// <summary>
/// Says of a thread, to whoever has the address of its word, whether it has ended: without a lock, and before another thread can get its stack. So who finds himself on the stack of a thread that has not ended
/// is on that thread, and need not ask thread-local storage, which takes longer than the rest of a call.
/// No code of ours runs when a thread ends: the C library's thread-specific data has a destructor, and <c>sem_post</c> is one that sets a word. Thread-safe.
/// </summary>
internal static unsafe partial class ThreadPresence
{
    /// <summary>Set in a word by its thread while calls have to take another way: the rest of the word is the C library's.</summary>
    public const int Hindered = 1 << 30;

    /// <summary>Bytes of a word: more than any C library's <c>sem_t</c> has, and a cache line.</summary>
    private const int Size = 64;

    // Words whose thread is forgotten, and may yet have to end. They are never freed: the C library may still write to them.
    private static readonly ConcurrentQueue<nint> Forgotten = [];

    private static readonly uint? Key = TryMakeKey();

    /// <summary>A word for the current thread: 0 until it ends. Null where the system has nothing to offer.</summary>
    public static int* TryWatch()
    {
        if (Key is not { } key)
            return null;
        // The runtime had forgotten the thread, and came back to it.
        if (Posix.pthread_getspecific(key) is var earlier && earlier != null)
            Volatile.Write(ref *earlier, 1);
        var word = Take();
        if (Posix.pthread_setspecific(key, word) == 0)
            return word;
        Forgotten.Enqueue((nint)word);
        return null;
    }

    /// <summary>Nobody looks at the word any more; its thread has ended or is about to.</summary>
    public static void Forget(int* word)
    {
        if (word != null)
            Forgotten.Enqueue((nint)word);
    }

    private static int* Take()
    {
        // A few of them only: threads that are about to end are few, and then come first.
        for (var i = 0; i < 4 && Forgotten.TryDequeue(out var forgotten); i++)
        {
            var word = (int*)forgotten;
            if (HasEnded(word))
            {
                new Span<byte>(word, Size).Clear();
                return word;
            }
            Forgotten.Enqueue(forgotten);
        }
        return (int*)NativeMemory.AllocZeroed(Size);
    }

    private static bool HasEnded(int* word) => (Volatile.Read(ref *word) & ~Hindered) != 0;

    private static uint? TryMakeKey()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            if (!NativeLibrary.TryLoad("libc", typeof(ThreadPresence).Assembly, null, out var library) || !NativeLibrary.TryGetExport(library, "sem_post", out var post))
                return null;
            var trial = stackalloc int[Size / sizeof(int)];
            new Span<byte>(trial, Size).Clear();
            uint key;
            return ((delegate* unmanaged<int*, int>)post)(trial) == 0 && HasEnded(trial) && Posix.pthread_key_create(&key, post) == 0 ? key : null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static partial class Posix
    {
        [LibraryImport("libc")]
        public static partial int* pthread_getspecific(uint key);

        [LibraryImport("libc")]
        public static partial int pthread_key_create(uint* key, nint destructor);

        [LibraryImport("libc")]
        public static partial int pthread_setspecific(uint key, void* value);
    }
}
