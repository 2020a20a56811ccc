using System.Buffers.Binary;

namespace Waxwing.Tests.Security;

/// <summary>Damages binary modules, reproducibly: flipped bits, cut ends, moved, doubled and grafted sections, counts and sizes that lie.</summary>
internal sealed class Mutator(byte[][] seeds, int seed)
{
    private static readonly byte[][] Lies =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0x80, 0x80, 0x80, 0x80, 0x08], [0x80, 0x80, 0x80, 0x80, 0x00], [0x00], [0x7F], [0x80, 0x01],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xC0, 0x84, 0x3D], [0x80, 0x80, 0x04], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    ];

    // Bytes that mean something nearly everywhere: type forms, block types, opcodes and prefixes.
    private static readonly byte[] Meaningful =
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x1A, 0x1B, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, 0x28,
        0x36, 0x3F, 0x40, 0x41, 0x45, 0x4E, 0x4F, 0x50, 0x5E, 0x5F, 0x60, 0x63, 0x64, 0x69, 0x6A, 0x6B, 0x6D, 0x6E, 0x6F, 0x70, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F, 0xD0, 0xD2, 0xFB, 0xFC, 0xFD, 0xFE,
    ];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        var bytes = seeds[random.Next(seeds.Length)];
        for (var count = random.Next(5) == 0 ? random.Next(2, 6) : 1; count > 0; count--)
            bytes = Mutate(bytes);
        return bytes;
    }

    private byte[] Mutate(byte[] bytes) => random.Next(12) switch
    {
        0 or 1 => Flip(bytes, 1),
        2 => Flip(bytes, random.Next(2, 9)),
        3 or 4 or 5 => Replace(bytes, Anywhere(bytes), 1, [Meaningful[random.Next(Meaningful.Length)]]),
        6 => bytes[..random.Next(bytes.Length + 1)],
        7 => Replace(bytes, Anywhere(bytes), 1, Lies[random.Next(Lies.Length)]),
        8 => LieAboutSection(bytes),
        9 => Graft(bytes),
        10 => Replace(bytes, Anywhere(bytes), random.Next(6), Piece(seeds[random.Next(seeds.Length)])),
        _ => RepairedCount(bytes),
    };

    private int Anywhere(byte[] bytes) => bytes.Length <= 8 ? random.Next(bytes.Length + 1) : random.Next(8, bytes.Length);

    private byte[] Flip(byte[] bytes, int bits)
    {
        if (bytes.Length == 0)
            return bytes;
        bytes = (byte[])bytes.Clone();
        for (; bits > 0; bits--)
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    private byte[] Piece(byte[] from)
    {
        var start = random.Next(from.Length);
        return from[start..Math.Min(from.Length, start + random.Next(1, 24))];
    }

    private static byte[] Replace(byte[] bytes, int at, int length, byte[] by)
    {
        length = Math.Min(length, bytes.Length - at);
        return [.. bytes.AsSpan(0, at), .. by, .. bytes.AsSpan(at + length)];
    }

    /// <summary>Changes a section's size, or its count.</summary>
    private byte[] LieAboutSection(byte[] bytes)
    {
        var sections = Sections(bytes);
        if (sections.Count == 0)
            return Flip(bytes, 1);
        var (start, content, _) = sections[random.Next(sections.Count)];
        return random.Next(2) == 0
            ? Replace(bytes, start + 1, content - start - 1, Lies[random.Next(Lies.Length)])
            : Replace(bytes, content, 1, Lies[random.Next(Lies.Length)]);
    }

    /// <summary>Drops, doubles or moves a section, or takes one of another module.</summary>
    private byte[] Graft(byte[] bytes)
    {
        var donor = random.Next(2) == 0 ? bytes : seeds[random.Next(seeds.Length)];
        var (own, others) = (Sections(bytes), Sections(donor));
        if (own.Count == 0 || others.Count == 0)
            return Flip(bytes, 1);
        var target = own[random.Next(own.Count)];
        var same = others.FindIndex(section => donor[section.Start] == bytes[target.Start]);
        var source = others[same >= 0 && random.Next(3) != 0 ? same : random.Next(others.Count)];
        return Replace(bytes, target.Start, random.Next(3) == 0 ? 0 : target.End - target.Start, random.Next(6) == 0 ? [] : donor[source.Start..source.End]);
    }

    /// <summary>A change inside a section whose size is then put right, so that the damage is found later than in the first line of defence.</summary>
    private byte[] RepairedCount(byte[] bytes)
    {
        var sections = Sections(bytes);
        if (sections.Count == 0)
            return Flip(bytes, 1);
        var (start, content, end) = sections[random.Next(sections.Count)];
        if (content == end)
            return Flip(bytes, 1);
        var at = random.Next(content, end);
        var inside = Replace(bytes[content..end], at - content, random.Next(4), random.Next(2) == 0 ? Lies[random.Next(Lies.Length)] : Piece(bytes));
        Span<byte> size = stackalloc byte[5];
        var value = (uint)inside.Length;
        for (var i = 0; i < 5; i++)
            size[i] = (byte)((value >> (7 * i) & 0x7F) | (i < 4 ? 0x80u : 0));
        return [.. bytes.AsSpan(0, start + 1), .. size, .. inside, .. bytes.AsSpan(end)];
    }

    /// <summary>The sections of a module that need not be well-formed, as far as they can be told apart.</summary>
    private static List<(int Start, int Content, int End)> Sections(byte[] bytes)
    {
        var sections = new List<(int, int, int)>();
        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != 0x6D736100)
            return sections;
        for (var at = 8; at + 1 < bytes.Length;)
        {
            var (size, shift, content) = (0L, 0, at + 1);
            while (content < bytes.Length && shift < 35)
            {
                size |= (long)(bytes[content] & 0x7F) << shift;
                shift += 7;
                if ((bytes[content++] & 0x80) == 0)
                    break;
            }
            if (content + size > bytes.Length)
                break;
            sections.Add((at, content, (int)(content + size)));
            at = (int)(content + size);
        }
        return sections;
    }
}
