using System.Globalization;
using System.Text;

namespace Waxwing.Emscripten.Functions;

/// <summary>C's <c>struct tm</c>, in the guest's memory, and seconds since 1970.</summary>
internal static class Calendar
{
    private const uint Second = 0, Minute = 4, Hour = 8, Day = 12, Month = 16, Year = 20, WeekDay = 24, YearDay = 28, IsSummer = 32, Offset = 36;

    // The longest name that the guest's buffer for zone names has room for.
    private const int LongestZoneName = 16;

    /// <summary>The parts of a time; returns 0.</summary>
    public static int Write(WasmMemory memory, uint address, long seconds, TimeZoneInfo zone)
    {
        var utc = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
        var offset = zone.GetUtcOffset(utc);
        var time = new DateTime(Math.Clamp(utc.UtcTicks + offset.Ticks, 0, DateTime.MaxValue.Ticks));
        WriteParts(memory, address, time, offset, zone.IsDaylightSavingTime(utc));
        return 0;
    }

    /// <summary>The time of parts, which may be out of range and are brought into it; -1 where there is none.</summary>
    public static long Read(WasmMemory memory, uint address, TimeZoneInfo zone)
    {
        DateTime local;
        try
        {
            local = new DateTime(1900, 1, 1).AddYears(Part(memory, address, Year)).AddMonths(Part(memory, address, Month)).AddDays(Part(memory, address, Day) - 1.0)
                .AddHours(Part(memory, address, Hour)).AddMinutes(Part(memory, address, Minute)).AddSeconds(Part(memory, address, Second));
        }
        catch (ArgumentOutOfRangeException)
        {
            return -1;
        }
        var offset = zone.GetUtcOffset(local);
        // What the clocks show twice is the earlier, or what the flag says.
        if (zone.IsAmbiguousTime(local) && Part(memory, address, IsSummer) != 0)
            offset = zone.GetAmbiguousTimeOffsets(local).Max();
        var utcTicks = local.Ticks - offset.Ticks;
        if (utcTicks < 0 || utcTicks > DateTime.MaxValue.Ticks)
            return -1;
        WriteParts(memory, address, local, offset, offset != zone.BaseUtcOffset);
        return (utcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
    }

    /// <summary>strftime in the C locale: bytes written without the terminator, 0 if they do not fit.</summary>
    public static int Format(WasmMemory memory, uint target, uint size, string format, uint parts)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length && text.Length <= size; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            i++;
            // The modifiers for other eras, digits and padding change nothing in the C locale.
            while (format[i] is 'E' or 'O' or '-' or '_' && i + 1 < format.Length)
                i++;
            Append(text, format[i], memory, parts);
        }
        var bytes = Encoding.UTF8.GetByteCount(text.ToString());
        if (bytes >= size)
            return 0;
        memory.WriteCString(target, text.ToString());
        return bytes;
    }

    public static string Abbreviate(string name)
    {
        if (name.Contains("Coordinated Universal", StringComparison.Ordinal))
            return "UTC";
        var ascii = new string([.. name.Where(char.IsAscii)]);
        return ascii.Length <= LongestZoneName ? ascii : new([.. ascii.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word[0]).Take(LongestZoneName)]);
    }

    private static void Append(StringBuilder text, char conversion, WasmMemory memory, uint parts)
    {
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        var (day, month, year) = (Part(memory, parts, Day), Part(memory, parts, Month), Part(memory, parts, Year) + 1900);
        var (hour, weekDay, yearDay) = (Part(memory, parts, Hour), Part(memory, parts, WeekDay), Part(memory, parts, YearDay));
        var twelve = (hour + 11) % 12 + 1;
        _ = conversion switch
        {
            'a' => text.Append(Name(names.AbbreviatedDayNames, weekDay)),
            'A' => text.Append(Name(names.DayNames, weekDay)),
            'b' or 'h' => text.Append(Name(names.AbbreviatedMonthNames, month)),
            'B' => text.Append(Name(names.MonthNames, month)),
            'C' => text.Append($"{year / 100:00}"),
            'd' => text.Append($"{day:00}"),
            'e' => text.Append($"{day,2}"),
            'F' => text.Append($"{year}-{month + 1:00}-{day:00}"),
            'D' or 'x' => text.Append($"{month + 1:00}/{day:00}/{year % 100:00}"),
            'H' => text.Append($"{hour:00}"),
            'k' => text.Append($"{hour,2}"),
            'I' => text.Append($"{twelve:00}"),
            'l' => text.Append($"{twelve,2}"),
            'j' => text.Append($"{yearDay + 1:000}"),
            'm' => text.Append($"{month + 1:00}"),
            'M' => text.Append($"{Part(memory, parts, Minute):00}"),
            'n' => text.Append('\n'),
            't' => text.Append('\t'),
            'p' => text.Append(hour < 12 ? "AM" : "PM"),
            'P' => text.Append(hour < 12 ? "am" : "pm"),
            'S' => text.Append($"{Part(memory, parts, Second):00}"),
            'T' or 'X' => text.Append($"{hour:00}:{Part(memory, parts, Minute):00}:{Part(memory, parts, Second):00}"),
            'R' => text.Append($"{hour:00}:{Part(memory, parts, Minute):00}"),
            'r' => text.Append($"{twelve:00}:{Part(memory, parts, Minute):00}:{Part(memory, parts, Second):00} {(hour < 12 ? "AM" : "PM")}"),
            'c' => text.Append($"{Name(names.AbbreviatedDayNames, weekDay)} {Name(names.AbbreviatedMonthNames, month)} {day,2} {hour:00}:{Part(memory, parts, Minute):00}:{Part(memory, parts, Second):00} {year}"),
            'u' => text.Append(weekDay == 0 ? 7 : weekDay),
            'w' => text.Append(weekDay),
            'U' => text.Append($"{(yearDay + 7 - weekDay) / 7:00}"),
            'W' => text.Append($"{(yearDay + 7 - (weekDay + 6) % 7) / 7:00}"),
            'y' => text.Append($"{year % 100:00}"),
            'Y' => text.Append(year),
            'G' or 'g' or 'V' => AppendWeek(text, conversion, year, yearDay),
            'z' => text.Append(Part(memory, parts, Offset) is var offset && offset < 0 ? '-' : '+').Append($"{Math.Abs(offset) / 3600:00}{Math.Abs(offset) / 60 % 60:00}"),
            'Z' => text.Append(Part(memory, parts, Offset) == 0 ? "UTC" : ""),
            '%' => text.Append('%'),
            _ => text.Append('%').Append(conversion),
        };
    }

    private static StringBuilder AppendWeek(StringBuilder text, char conversion, int year, int yearDay)
    {
        if (year is < 1 or > 9998)
            return text;
        var date = new DateTime(year, 1, 1).AddDays(Math.Clamp(yearDay, 0, 365));
        return conversion switch
        {
            'G' => text.Append(ISOWeek.GetYear(date)),
            'g' => text.Append($"{ISOWeek.GetYear(date) % 100:00}"),
            _ => text.Append($"{ISOWeek.GetWeekOfYear(date):00}"),
        };
    }

    private static string Name(string[] names, int index) => (uint)index < names.Length ? names[index] : "?";

    private static int Part(WasmMemory memory, uint address, uint offset) => memory.Read<int>(address + (long)offset);

    private static void WriteParts(WasmMemory memory, uint address, DateTime time, TimeSpan offset, bool isSummer)
    {
        ReadOnlySpan<int> parts =
        [
            time.Second, time.Minute, time.Hour, time.Day, time.Month - 1, time.Year - 1900, (int)time.DayOfWeek, time.DayOfYear - 1, isSummer ? 1 : 0, (int)offset.TotalSeconds,
        ];
        parts.CopyTo(memory.AsSpan<int>(address, parts.Length));
    }
}
