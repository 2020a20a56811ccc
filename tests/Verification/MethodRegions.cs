using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Waxwing.Verification;

internal enum AreaKind { Method, Try, Filter, Handler, Finally }

/// <summary>A part of a method that is entered and left by rules of its own.</summary>
internal sealed record Area(AreaKind Kind, int Start, int End, ExceptionRegion Region)
{
    public Area? Parent { get; set; }

    public bool IsWithin(Area other)
    {
        for (var area = this; area is not null; area = area.Parent)
        {
            if (area == other)
                return true;
        }
        return false;
    }
}

/// <summary>Which part of a method each offset is in.</summary>
internal sealed class MethodRegions
{
    private readonly Area[] areaOf;

    public MethodRegions(int size, ImmutableArray<ExceptionRegion> regions)
    {
        Root = new(AreaKind.Method, 0, size, default);
        areaOf = new Area[size];
        Array.Fill(areaOf, Root);
        var areas = new List<Area>();
        foreach (var region in regions)
        {
            // Several handlers may share a protected part.
            if (!areas.Exists(area => area.Kind == AreaKind.Try && area.Start == region.TryOffset && area.End == region.TryOffset + region.TryLength))
                areas.Add(new(AreaKind.Try, region.TryOffset, region.TryOffset + region.TryLength, region));
            if (region.Kind == ExceptionRegionKind.Filter)
                areas.Add(new(AreaKind.Filter, region.FilterOffset, region.HandlerOffset, region));
            areas.Add(new(region.Kind == ExceptionRegionKind.Finally ? AreaKind.Finally : AreaKind.Handler, region.HandlerOffset, region.HandlerOffset + region.HandlerLength, region));
        }
        Areas = areas;
        // Outer ones first: inner ones overwrite them.
        foreach (var area in areas.OrderByDescending(area => area.End - area.Start))
        {
            if (area.Start < 0 || area.End > size || area.Start >= area.End || areaOf[area.Start] != areaOf[area.End - 1])
            {
                IsValid = false;
                continue;
            }
            area.Parent = areaOf[area.Start];
            areaOf.AsSpan(area.Start, area.End - area.Start).Fill(area);
        }
        // The table must have inner regions first.
        for (var i = 0; i < regions.Length; i++)
        {
            for (var k = i + 1; k < regions.Length; k++)
                IsValid &= !Encloses(regions[i], regions[k]);
        }
    }

    public Area Root { get; }

    public IReadOnlyList<Area> Areas { get; }

    /// <summary>Whether regions lie within or beside each other, inner ones first in the table.</summary>
    public bool IsValid { get; } = true;

    public Area this[int offset] => areaOf[offset];

    private static bool Encloses(ExceptionRegion outer, ExceptionRegion inner) =>
        outer.TryOffset <= inner.TryOffset && inner.TryOffset + inner.TryLength <= outer.TryOffset + outer.TryLength && outer.TryLength > inner.TryLength;
}
