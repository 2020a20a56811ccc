using System.Reflection;

namespace Waxwing.Tests.Wasi;

/// <summary>The known attacks on WASI hosts, and the tests that make them here.</summary>
public sealed class AttackIndexTests
{
    [Theory]
    [InlineData("a link made by the guest, then opened or created through", typeof(ContainmentTests), nameof(ContainmentTests.Links_that_the_guest_makes_lead_nowhere_outside))]
    [InlineData("a slash behind a path or a link's target", typeof(FileSystemDifferenceTests), nameof(FileSystemDifferenceTests.Random_changes_have_the_same_results))]
    [InlineData("a slash behind a link on the way out", typeof(ContainmentTests), nameof(ContainmentTests.Links_that_the_host_made_lead_nowhere_outside))]
    [InlineData("a link in the middle of a path", typeof(ContainmentTests), nameof(ContainmentTests.Links_that_the_host_made_lead_nowhere_outside))]
    [InlineData("a sibling whose name begins like the directory's", typeof(ContainmentTests), nameof(ContainmentTests.Paths_that_lead_out_are_refused))]
    [InlineData("a grant whose name begins like another's, or differs in case", typeof(Emscripten.HostileTests), nameof(Emscripten.HostileTests.Names_that_begin_like_a_grants_are_not_in_it))]
    [InlineData("changes between check and use", typeof(ContainmentTests), nameof(ContainmentTests.Whoever_wins_a_race_the_guest_does_not_get_out))]
    [InlineData("dots, NUL, overlong and malformed paths", typeof(ContainmentTests), nameof(ContainmentTests.Malformed_and_oversized_paths_are_refused))]
    [InlineData("device names of Windows", typeof(ContainmentTests), nameof(ContainmentTests.Names_with_a_meaning_on_Windows_are_refused_there))]
    [InlineData("names with a meaning elsewhere", typeof(ContainmentTests), nameof(ContainmentTests.Names_with_a_meaning_elsewhere_are_plain_names_on_Linux))]
    [InlineData("truncating under a read-only grant", typeof(ContainmentTests), nameof(ContainmentTests.A_read_only_grant_cannot_be_changed))]
    [InlineData("linking or renaming from a read-only grant", typeof(ContainmentTests), nameof(ContainmentTests.Links_and_renames_look_at_the_grants_of_both_sides))]
    [InlineData("renumbering onto itself, grants and closed descriptors", typeof(DescriptorTests), nameof(DescriptorTests.Renumbering_works_in_every_combination))]
    [InlineData("opening without end", typeof(DescriptorTests), nameof(DescriptorTests.The_table_is_bounded_and_nothing_leaks))]
    [InlineData("handles left behind by walks that fail", typeof(DescriptorTests), nameof(DescriptorTests.Walking_leaves_no_handles_behind))]
    [InlineData("opening without end on many threads", typeof(SharedProcessTests), nameof(SharedProcessTests.Threads_together_get_no_more_than_the_quotas))]
    [InlineData("descriptors that are not open", typeof(DescriptorTests), nameof(DescriptorTests.Every_function_refuses_descriptors_that_are_not_open))]
    [InlineData("descriptors of another guest", typeof(DescriptorTests), nameof(DescriptorTests.Guests_do_not_see_one_anothers_descriptors))]
    [InlineData("a number that was closed and is used again", typeof(DescriptorTests), nameof(DescriptorTests.A_number_used_again_has_nothing_of_what_it_was))]
    [InlineData("subscriptions: none, too many, overlapping, endless", typeof(PollTests), nameof(PollTests.Hostile_subscriptions_are_refused))]
    [InlineData("a sleep of centuries", typeof(PollTests), nameof(PollTests.A_sleep_of_centuries_ends_at_once_when_cancelled))]
    [InlineData("gigabytes of random numbers", typeof(HostileCallTests), nameof(HostileCallTests.Random_bytes_may_be_asked_for_by_the_gigabyte))]
    [InlineData("a million buffers", typeof(HostileCallTests), nameof(HostileCallTests.Lists_of_buffers_are_bounded))]
    [InlineData("a list of buffers that points at itself", typeof(HostileCallTests), nameof(HostileCallTests.A_list_of_buffers_may_point_at_itself))]
    [InlineData("cookies nobody gave out, buffers smaller than an entry", typeof(HostileCallTests), nameof(HostileCallTests.Places_in_a_directory_that_nobody_gave_out_do_no_harm))]
    [InlineData("a directory that changes while it is listed", typeof(FileTests), nameof(FileTests.A_directory_may_change_while_it_is_listed))]
    [InlineData("offsets and times at the ends of their ranges", typeof(HostileCallTests), nameof(HostileCallTests.Offsets_and_times_at_the_ends_of_their_ranges_do_no_harm))]
    [InlineData("clocks that go back or overflow", typeof(EnvironmentTests), nameof(EnvironmentTests.Clocks_tell_the_time_and_never_go_back))]
    [InlineData("times that 64 bits cannot hold", typeof(EnvironmentTests), nameof(EnvironmentTests.Times_that_64_bits_cannot_hold_are_an_error))]
    [InlineData("exiting in a start function", typeof(ProgramTests), nameof(ProgramTests.Exiting_in_a_start_function_or_without_memory_ends_the_guest))]
    [InlineData("exit codes of any size", typeof(EnvironmentTests), nameof(EnvironmentTests.Exiting_ends_the_guest_with_its_code))]
    [InlineData("exiting on one thread of many", typeof(ThreadTests), nameof(ThreadTests.A_call_ends_with_the_exit_of_another_thread))]
    [InlineData("escape sequences for a terminal", typeof(TerminalFilterTests), nameof(TerminalFilterTests.What_makes_a_terminal_do_or_say_more_is_left_out))]
    [InlineData("malformed arguments and variables", typeof(EnvironmentTests), nameof(EnvironmentTests.Arguments_and_environment_arrive_as_UTF8))]
    [InlineData("variables that could not be told apart", typeof(EnvironmentTests), nameof(EnvironmentTests.Variables_that_cannot_be_are_the_embedders_error))]
    [InlineData("large environments", typeof(EnvironmentTests), nameof(EnvironmentTests.A_large_environment_faults_where_it_does_not_fit))]
    [InlineData("anything at all", typeof(HostileCallTests), nameof(HostileCallTests.A_hundred_thousand_random_calls_end_with_an_error_number))]
    public void Every_known_attack_is_made_by_a_test(string attack, Type type, string name)
    {
        var method = type.GetMethod(name)!;
        Assert.True(method.GetCustomAttributes<FactAttribute>().Any(test => test.Skip is null), $"{attack}: {name} does not run");
    }
}
