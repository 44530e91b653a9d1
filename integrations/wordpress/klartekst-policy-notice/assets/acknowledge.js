/*
 * Passes on to WordPress what <policy-notice> showed the member and what the member acknowledged.
 * When that fails, nothing is remembered and the notice comes again.
 */
( () => {
	'use strict';

	// Of each notice the request that says it was shown: the acknowledgement waits for its answer, because
	// of two requests at once the later may be recorded first. A member who leaves meanwhile is not waited for.
	const showings = new WeakMap();
	const leaving = new Promise( ( resolve ) => addEventListener( 'pagehide', resolve, { once: true } ) );

	const send = ( what, { dataset }, { versions, channel } ) =>
		fetch( dataset.rest + what, {
			method: 'POST',
			credentials: 'same-origin',
			keepalive: true,
			headers: { 'Content-Type': 'application/json', 'X-WP-Nonce': dataset.nonce },
			body: JSON.stringify( { versions, channel } ),
		} ).catch( () => {} );

	document.addEventListener( 'policy-notice:shown', ( { target, detail } ) => {
		if ( target.dataset.rest ) {
			showings.set( target, send( 'shown', target, detail ) );
		}
	} );

	document.addEventListener( 'policy-notice:acknowledged', async ( { target, detail } ) => {
		if ( target.dataset.rest ) {
			await Promise.race( [ showings.get( target ), leaving ] );
			send( 'acknowledged', target, detail );
		}
	} );
} )();
