"""How it is posted: letters and addressees in, mail sent once. Apart: imports none of the other rooms."""
