using System.Runtime.CompilerServices;
using System.Text;

namespace Waxwing;

public sealed unsafe partial class WasmMemory
{
    /// <summary>A view of part of the memory, live in both directions and valid across growth. Cost: O(1).</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Span<byte> AsSpan(long address, int length) => new(Locate(address, length), length);

    /// <summary>A view from an address to the end of the memory, at most 2 GiB - 1 of it.</summary>
    /// <param name="address">First byte.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is beyond the end.</exception>
    public Span<byte> AsSpan(long address = 0) => AsSpan(address, (int)Math.Clamp(ByteLength - address, 0, int.MaxValue));

    /// <summary>A view of items of an unmanaged type; the address need not be aligned.</summary>
    /// <typeparam name="T">The type; multi-byte numbers are little-endian, as the guest has them, on little-endian machines.</typeparam>
    /// <param name="address">First byte.</param>
    /// <param name="count">Items.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the memory.</exception>
    public Span<T> AsSpan<T>(long address, int count) where T : unmanaged => new(Locate(address, (long)count * sizeof(T)), count);

    /// <summary>The same view as <see cref="Memory{T}"/>, for asynchronous calls; it keeps this object alive. Cost: one small object.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the memory.</exception>
    public Memory<byte> Slice(long address, int length)
    {
        Locate(address, length);
        return new Runtime.MemoryView(this, address, length).Memory;
    }

    /// <summary>Reads a value; the address need not be aligned.</summary>
    /// <typeparam name="T">An unmanaged type: integers, floats, vectors, structs of them.</typeparam>
    /// <param name="address">First byte.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the memory.</exception>
    public T Read<T>(long address) where T : unmanaged => Unsafe.ReadUnaligned<T>(Locate(address, sizeof(T)));

    /// <summary>Writes a value; the address need not be aligned.</summary>
    /// <typeparam name="T">An unmanaged type: integers, floats, vectors, structs of them.</typeparam>
    /// <param name="address">First byte.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the memory.</exception>
    public void Write<T>(long address, T value) where T : unmanaged => Unsafe.WriteUnaligned(Locate(address, sizeof(T)), value);

    /// <summary>Reads UTF-8 text; malformed sequences become U+FFFD.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="byteCount">Bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the memory.</exception>
    public string ReadUtf8(long address, int byteCount) => Encoding.UTF8.GetString(AsSpan(address, byteCount));

    /// <summary>Writes text as UTF-8 without a terminator.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="text">The text; lone surrogates become U+FFFD.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The text does not fit within the memory; nothing is written.</exception>
    public int WriteUtf8(long address, ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, AsSpan(address, Encoding.UTF8.GetByteCount(text)));

    /// <summary>Reads UTF-8 text up to its terminating NUL byte.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="maximumBytes">How far to look for the terminator.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no terminator within the range or the memory.</exception>
    public string ReadCString(long address, int maximumBytes = int.MaxValue)
    {
        var span = AsSpan(address);
        if (span.Length > maximumBytes)
            span = span[..maximumBytes];
        var length = span.IndexOf((byte)0);
        return length >= 0 ? Encoding.UTF8.GetString(span[..length]) : throw new ArgumentOutOfRangeException(nameof(address), address, "There is no terminating NUL byte.");
    }

    /// <summary>Writes text as UTF-8 with a terminating NUL byte.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="text">The text.</param>
    /// <returns>Bytes written, the terminator included.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The text does not fit within the memory; nothing is written.</exception>
    public int WriteCString(long address, ReadOnlySpan<char> text)
    {
        var span = AsSpan(address, checked(Encoding.UTF8.GetByteCount(text) + 1));
        var length = Encoding.UTF8.GetBytes(text, span);
        span[length] = 0;
        return length + 1;
    }

    /// <summary>The address of a range that lies within the memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Locate(long address, long length)
    {
        // The length before the base: growth that moves publishes them the other way round.
        var end = Volatile.Read(ref Length);
        if ((ulong)length > end || (ulong)address > end - (ulong)length)
            throw OutOfRange(address, length);
        // SAFETY: the range was just checked, and the caller keeps this object and so its storage alive.
        return Base + address;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Exception OutOfRange(long address, long length) =>
        IsReleased ? new ObjectDisposedException(nameof(WasmMemory), "The memory was given back: its instance, or it itself, was disposed.")
        : new ArgumentOutOfRangeException(nameof(address), address, $"{length} bytes from {address} are not within the memory's {ByteLength} bytes.");
}
